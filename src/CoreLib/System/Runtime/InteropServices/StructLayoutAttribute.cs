namespace System.Runtime.InteropServices;

/// <summary>How the fields of a struct lie.</summary>
public enum LayoutKind
{
    /// <summary>In the order of the source.</summary>
    Sequential = 0,
    /// <summary>Each where its FieldOffset says.</summary>
    Explicit = 2,
    /// <summary>As the compiler likes.</summary>
    Auto = 3,
}

/// <summary>The encoding of text in a struct; without meaning here.</summary>
public enum CharSet
{
    /// <summary>None.</summary>
    None = 1,
    /// <summary>Single bytes.</summary>
    Ansi = 2,
    /// <summary>UTF-16.</summary>
    Unicode = 3,
    /// <summary>As the platform likes.</summary>
    Auto = 4,
}

/// <summary>Says how the fields of a struct lie.</summary>
public sealed class StructLayoutAttribute(LayoutKind layoutKind) : Attribute
{
    /// <summary>How.</summary>
    public LayoutKind Value { get; } = layoutKind;

    /// <summary>The greatest alignment of a field, in bytes; 0 for the natural one.</summary>
    public int Pack;

    /// <summary>The least size, in bytes.</summary>
    public int Size;

    /// <summary>Without meaning here.</summary>
    public CharSet CharSet;
}

/// <summary>Says where a field lies, in bytes from the start of the struct.</summary>
public sealed class FieldOffsetAttribute(int offset) : Attribute
{
    /// <summary>The distance in bytes.</summary>
    public int Value { get; } = offset;
}
