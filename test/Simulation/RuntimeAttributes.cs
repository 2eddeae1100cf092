namespace System.Runtime;

/// <summary>Marks what assembly calls; here it only lets the hypervisor's sources compile.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeExportAttribute(string entry) : Attribute
{
    /// <summary>The symbol.</summary>
    public string EntryPoint { get; } = entry;
}
