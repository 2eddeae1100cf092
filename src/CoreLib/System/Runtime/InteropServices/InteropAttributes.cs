namespace System.Runtime.InteropServices;

/// <summary>Marks a parameter that only reads.</summary>
public sealed class InAttribute : Attribute
{
}

/// <summary>Marks a parameter that only writes.</summary>
public sealed class OutAttribute : Attribute
{
}

/// <summary>The representation of unmanaged data; a constraint of the compiler asks for it.</summary>
public enum UnmanagedType
{
    /// <summary>One byte.</summary>
    U1 = 4,
}

/// <summary>A calling convention.</summary>
public enum CallingConvention
{
    /// <summary>That of C.</summary>
    Cdecl = 2,
}
