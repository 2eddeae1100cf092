using Internal.Runtime;

namespace System;

/// <summary>The root of the type system. No object is ever allocated: classes exist as holders of static members and as frozen data.</summary>
public unsafe class Object
{
    internal MethodTable* m_pEEType;

    /// <summary>Does nothing; every constructor ends here.</summary>
    public Object()
    {
    }

    /// <summary>Reference equality, unless a type says otherwise.</summary>
    public virtual bool Equals(object? obj) => this == obj;

    /// <summary>Zero, unless a type says otherwise.</summary>
    public virtual int GetHashCode() => 0;

    /// <summary>No text, unless a type says otherwise.</summary>
    public virtual string? ToString() => null;
}
