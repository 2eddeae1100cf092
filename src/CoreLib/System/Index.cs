using System.Runtime.CompilerServices;

namespace System;

/// <summary>A position from the start, or (<c>^n</c>) from the end.</summary>
public readonly struct Index
{
    // An index from the end is kept as its complement, so one word tells both.
    private readonly int _value;

    /// <summary>The position <paramref name="value"/> from the start or from the end.</summary>
    public Index(int value, bool fromEnd = false)
    {
        if (value < 0)
            ThrowHelper.ThrowArgumentOutOfRangeException();
        _value = fromEnd ? ~value : value;
    }

    private Index(int value) => _value = value;

    /// <summary>The first element.</summary>
    public static Index Start => new(0);

    /// <summary>Just past the last element.</summary>
    public static Index End => new(~0);

    /// <summary>The distance from the start or from the end.</summary>
    public int Value => _value < 0 ? ~_value : _value;

    /// <summary>Whether the distance is from the end.</summary>
    public bool IsFromEnd => _value < 0;

    /// <summary>The offset in a sequence of <paramref name="length"/> elements.</summary>
    public int GetOffset(int length) => _value < 0 ? _value + length + 1 : _value;

    /// <summary>A position from the start.</summary>
    public static Index FromStart(int value) => new(value, false);

    /// <summary>A position from the end.</summary>
    public static Index FromEnd(int value) => new(value, true);

    /// <summary>A position from the start.</summary>
    public static implicit operator Index(int value) => FromStart(value);
}
