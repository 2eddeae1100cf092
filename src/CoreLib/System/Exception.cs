namespace System;

/// <summary>Declared because the compilers ask for it: nothing can be thrown.</summary>
public class Exception
{
}
