namespace System;

/// <summary>An array, which can only be a literal folded into data.</summary>
public abstract class Array
{
    internal int _numComponents;

    /// <summary>The number of elements.</summary>
    public int Length => _numComponents;
}

internal class Array<T> : Array
{
}
