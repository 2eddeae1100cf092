namespace System.Runtime;

/// <summary>The method is the symbol <paramref name="entry"/> of assembly or of another assembly's export: a plain call.</summary>
public sealed class RuntimeImportAttribute(string dllName, string entry) : Attribute
{
    /// <summary>The symbol.</summary>
    public string EntryPoint { get; } = entry;

    /// <summary>Always <c>*</c>: the image itself.</summary>
    public string DllName { get; } = dllName;
}

/// <summary>The method is an entry point under the symbol <paramref name="entry"/>.</summary>
public sealed class RuntimeExportAttribute(string entry) : Attribute
{
    /// <summary>The symbol.</summary>
    public string EntryPoint { get; } = entry;
}
