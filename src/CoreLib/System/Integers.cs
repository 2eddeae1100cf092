namespace System;

/// <summary>Eight bits with sign.</summary>
public readonly struct SByte : IEquatable<sbyte>, IComparable<sbyte>
{
    /// <summary>The least value.</summary>
    public const sbyte MinValue = -128;

    /// <summary>The greatest value.</summary>
    public const sbyte MaxValue = 127;

    private readonly sbyte m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(sbyte other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(sbyte other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>Eight bits.</summary>
public readonly struct Byte : IEquatable<byte>, IComparable<byte>
{
    /// <summary>The least value.</summary>
    public const byte MinValue = 0;

    /// <summary>The greatest value.</summary>
    public const byte MaxValue = 255;

    private readonly byte m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(byte other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(byte other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>Sixteen bits with sign.</summary>
public readonly struct Int16 : IEquatable<short>, IComparable<short>
{
    /// <summary>The least value.</summary>
    public const short MinValue = -32768;

    /// <summary>The greatest value.</summary>
    public const short MaxValue = 32767;

    private readonly short m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(short other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(short other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>Sixteen bits.</summary>
public readonly struct UInt16 : IEquatable<ushort>, IComparable<ushort>
{
    /// <summary>The least value.</summary>
    public const ushort MinValue = 0;

    /// <summary>The greatest value.</summary>
    public const ushort MaxValue = 65535;

    private readonly ushort m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(ushort other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(ushort other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>Thirty-two bits with sign.</summary>
public readonly struct Int32 : IEquatable<int>, IComparable<int>
{
    /// <summary>The least value.</summary>
    public const int MinValue = unchecked((int)0x80000000);

    /// <summary>The greatest value.</summary>
    public const int MaxValue = 0x7fffffff;

    private readonly int m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(int other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(int other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>Thirty-two bits.</summary>
public readonly struct UInt32 : IEquatable<uint>, IComparable<uint>
{
    /// <summary>The least value.</summary>
    public const uint MinValue = 0;

    /// <summary>The greatest value.</summary>
    public const uint MaxValue = 0xffffffff;

    private readonly uint m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(uint other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(uint other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>Sixty-four bits with sign.</summary>
public readonly struct Int64 : IEquatable<long>, IComparable<long>
{
    /// <summary>The least value.</summary>
    public const long MinValue = unchecked((long)0x8000000000000000);

    /// <summary>The greatest value.</summary>
    public const long MaxValue = 0x7fffffffffffffff;

    private readonly long m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(long other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(long other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>Sixty-four bits.</summary>
public readonly struct UInt64 : IEquatable<ulong>, IComparable<ulong>
{
    /// <summary>The least value.</summary>
    public const ulong MinValue = 0;

    /// <summary>The greatest value.</summary>
    public const ulong MaxValue = 0xffffffffffffffff;

    private readonly ulong m_value;

    /// <summary>Whether the two are the same number.</summary>
    public bool Equals(ulong other) => m_value == other;

    /// <summary>-1, 0 or 1 as this is less than, equal to or greater than the other.</summary>
    public int CompareTo(ulong other) => m_value < other ? -1 : m_value > other ? 1 : 0;
}

/// <summary>A number of the width of a pointer, with sign.</summary>
public readonly struct IntPtr
{
    private readonly nint _value;

    /// <summary>Zero.</summary>
    public static readonly nint Zero;
}

/// <summary>A number of the width of a pointer.</summary>
public readonly struct UIntPtr
{
    private readonly nuint _value;

    /// <summary>Zero.</summary>
    public static readonly nuint Zero;
}
