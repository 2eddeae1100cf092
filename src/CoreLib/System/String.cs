using System.Runtime.CompilerServices;

namespace System;

/// <summary>A literal of UTF-16 text, folded into data. Text for the console is UTF-8: use <c>"..."u8</c>.</summary>
public sealed class String
{
    private readonly int _stringLength;
    private char _firstChar;

    private String()
    {
    }

    /// <summary>The number of UTF-16 code units.</summary>
    public int Length => _stringLength;

    /// <summary>The code unit at <paramref name="index"/>.</summary>
    public char this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_stringLength)
                ThrowHelper.ThrowIndexOutOfRangeException();
            return Unsafe.Add(ref _firstChar, index);
        }
    }
}
