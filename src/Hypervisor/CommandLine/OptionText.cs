using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>The comparisons that option parsing needs, on bytes in place: nothing is copied.</summary>
public static class OptionText
{
    /// <summary>Whether <paramref name="symbol"/> separates words: the blank and every control character below it.</summary>
    public static bool IsBlank(byte symbol) => symbol <= (byte)' ';

    /// <summary>
    /// Whether both texts are the same, byte for byte, except that <c>-</c> and <c>_</c> are one letter, as in Xen's option names.
    /// </summary>
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
    /// Which of <paramref name="names"/>, joined by commas, is the <see cref="Same"/> as <paramref name="word"/>, counted from 0; -1 if none is.
    /// </summary>
    public static int PlaceIn(ReadOnlySpan<byte> names, ReadOnlySpan<byte> word)
    {
        var items = new ListItems();
        for (int place = 0; !items.AtEnd; place++)
        {
            if (Same(items.Next(names, (byte)','), word))
                return place;
        }
        return -1;
    }

    /// <summary>The index of the first <paramref name="symbol"/>; the length if there is none.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text, byte symbol)
    {
        int index = 0;
        while (index < text.Length && text[index] != symbol)
            index++;
        return index;
    }

    private static byte Fold(byte symbol) => symbol == (byte)'-' ? (byte)'_' : symbol;
}
