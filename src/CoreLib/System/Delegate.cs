namespace System;

/// <summary>Declared because ilc asks for it: a delegate is an object and cannot be made here.</summary>
public abstract class Delegate
{
    internal object? m_firstParameter;
    internal object? m_helperObject;
    internal nint m_extraFunctionPointerOrData;
    internal nint m_functionPointer;
}

/// <summary>Declared because ilc asks for it: a delegate is an object and cannot be made here.</summary>
public abstract class MulticastDelegate : Delegate
{
}
