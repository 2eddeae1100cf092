using System.Runtime.CompilerServices;

namespace System;

/// <summary>Comparison and search in spans.</summary>
public static class MemoryExtensions
{
    /// <summary>The whole of an array.</summary>
    public static Span<T> AsSpan<T>(this T[]? array) => new(array);

    /// <summary>An array from <paramref name="start"/> to its end.</summary>
    public static Span<T> AsSpan<T>(this T[]? array, int start) => new Span<T>(array).Slice(start);

    /// <summary><paramref name="length"/> elements of an array from <paramref name="start"/>.</summary>
    public static Span<T> AsSpan<T>(this T[]? array, int start, int length) => new Span<T>(array).Slice(start, length);

    /// <summary>Whether both hold the same elements in the same order.</summary>
    public static bool SequenceEqual<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : unmanaged, IEquatable<T>
    {
        if (span.Length != other.Length)
            return false;
        for (int index = 0; index < span.Length; index++)
        {
            if (!span[index].Equals(other[index]))
                return false;
        }

        return true;
    }

    /// <summary>Whether both hold the same elements in the same order.</summary>
    public static bool SequenceEqual<T>(this Span<T> span, ReadOnlySpan<T> other)
        where T : unmanaged, IEquatable<T> => ((ReadOnlySpan<T>)span).SequenceEqual(other);

    /// <summary>Whether <paramref name="span"/> begins with <paramref name="value"/>.</summary>
    public static bool StartsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : unmanaged, IEquatable<T> => span.Length >= value.Length && span.Slice(0, value.Length).SequenceEqual(value);

    /// <summary>Whether <paramref name="span"/> ends with <paramref name="value"/>.</summary>
    public static bool EndsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : unmanaged, IEquatable<T> => span.Length >= value.Length && span.Slice(span.Length - value.Length).SequenceEqual(value);

    /// <summary>The place of the first <paramref name="value"/>, or -1.</summary>
    public static int IndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : unmanaged, IEquatable<T>
    {
        for (int index = 0; index < span.Length; index++)
        {
            if (span[index].Equals(value))
                return index;
        }

        return -1;
    }

    /// <summary>The place of the first <paramref name="value"/>, or -1.</summary>
    public static int IndexOf<T>(this Span<T> span, T value)
        where T : unmanaged, IEquatable<T> => ((ReadOnlySpan<T>)span).IndexOf(value);
}
