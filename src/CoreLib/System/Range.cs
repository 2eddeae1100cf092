namespace System;

/// <summary>A piece of a sequence, <c>start..end</c>.</summary>
public readonly struct Range(Index start, Index end)
{
    /// <summary>The first element.</summary>
    public Index Start { get; } = start;

    /// <summary>Just past the last element.</summary>
    public Index End { get; } = end;

    /// <summary>Everything.</summary>
    public static Range All => new(Index.Start, Index.End);

    /// <summary>From <paramref name="start"/> to the end.</summary>
    public static Range StartAt(Index start) => new(start, Index.End);

    /// <summary>From the start to <paramref name="end"/>.</summary>
    public static Range EndAt(Index end) => new(Index.Start, end);

    /// <summary>Offset and length in a sequence of <paramref name="length"/> elements; a runtime failure if it does not fit.</summary>
    public (int Offset, int Length) GetOffsetAndLength(int length)
    {
        int first = Start.GetOffset(length);
        int last = End.GetOffset(length);
        if ((uint)last > (uint)length || (uint)first > (uint)last)
            ThrowHelper.ThrowArgumentOutOfRangeException();
        return (first, last - first);
    }
}
