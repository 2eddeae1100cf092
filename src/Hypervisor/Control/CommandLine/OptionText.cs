using System;

namespace Serai.Hypervisor.Control;

/// <summary>The comparisons and cuts that option parsing needs, on bytes in place: nothing is copied.</summary>
public static class OptionText
{
    /// <summary>Whether <paramref name="symbol"/> separates words: the blank and every control character below it.</summary>
    public static bool IsBlank(byte symbol) => symbol <= (byte)' ';

    /// <summary>The text without leading blanks.</summary>
    public static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        int start = 0;
        while (start < text.Length && IsBlank(text[start]))
            start++;
        return text.Slice(start);
    }

    /// <summary>The text without trailing blanks.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        int length = text.Length;
        while (length > 0 && IsBlank(text[length - 1]))
            length--;
        return text.Slice(0, length);
    }

    /// <summary>Whether both texts are the same, byte for byte, except that <c>-</c> and <c>_</c> are one letter, as in Xen's option names.</summary>
    public static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.Length == right.Length && StartsWith(left, right);

    /// <summary>Whether <paramref name="text"/> begins with <paramref name="start"/>; <c>-</c> and <c>_</c> are one letter.</summary>
    public static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start)
    {
        if (text.Length < start.Length)
            return false;
        for (int i = 0; i < start.Length; i++)
        {
            if (Fold(text[i]) != Fold(start[i]))
                return false;
        }
        return true;
    }

    /// <summary>
    /// Takes what stands before the next <paramref name="separator"/> off <paramref name="rest"/>. Returns whether the separator
    /// was there; without one the item is everything, and nothing is left.
    /// </summary>
    public static bool Cut(ref ReadOnlySpan<byte> rest, byte separator, out ReadOnlySpan<byte> item)
    {
        int length = 0;
        while (length < rest.Length && rest[length] != separator)
            length++;
        item = rest.Slice(0, length);
        bool found = length < rest.Length;
        rest = found ? rest.Slice(length + 1) : [];
        return found;
    }

    private static byte Fold(byte symbol) => symbol == (byte)'-' ? (byte)'_' : symbol;
}
