namespace System;

/// <summary>What a <c>using</c> statement ends. Ref structs need only the method, not the interface.</summary>
public interface IDisposable
{
    /// <summary>Ends the use.</summary>
    void Dispose();
}

/// <summary>Equality with one's own kind, without boxing.</summary>
public interface IEquatable<T>
    where T : allows ref struct
{
    /// <summary>Whether the two are equal.</summary>
    bool Equals(T? other);
}

/// <summary>Order among one's own kind, without boxing.</summary>
public interface IComparable<in T>
    where T : allows ref struct
{
    /// <summary>Negative, zero or positive as this comes before, with or after <paramref name="other"/>.</summary>
    int CompareTo(T? other);
}
