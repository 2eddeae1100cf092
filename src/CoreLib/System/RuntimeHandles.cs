namespace System;

/// <summary>A type, as the compilers name it. It must hold a pointer, or literals of arrays and spans are no longer folded into data.</summary>
public struct RuntimeTypeHandle
{
    private nint _value;
}

/// <summary>A method, as the compilers name it.</summary>
public struct RuntimeMethodHandle
{
    private nint _value;
}

/// <summary>A field, as the compilers name it: the blob behind an array literal.</summary>
public struct RuntimeFieldHandle
{
    private nint _value;
}

/// <summary>Declared because the compilers ask for it: there is no reflection.</summary>
public abstract class Type
{
}

/// <summary>Declared because the code generator asks for it.</summary>
internal sealed class RuntimeType : Type
{
}
