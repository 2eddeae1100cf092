using System;

namespace Serai.Hypervisor.CommandLine;

/// <summary>Numbers, sizes and truth values as they are written on a command line.</summary>
public static class NumberText
{
    /// <summary>
    /// Reads the whole text as a number, decimal or with 0x hexadecimal; false if it is empty, has anything else in it or exceeds 64
    /// bits.
    /// </summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        uint radix = 10;
        if (text.Length > 2 && text[0] == (byte)'0' && (text[1] | 0x20) == 'x')
        {
            radix = 16;
            text = text.Slice(2);
        }
        for (int i = 0; i < text.Length; i++)
        {
            uint digit = Digit(text[i]);
            if (digit >= radix || value > (ulong.MaxValue - digit) / radix)
                return false;
            value = value * radix + digit;
        }
        return text.Length != 0;
    }

    /// <summary>Reads the whole text as a number no greater than <paramref name="limit"/>.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, uint limit, out uint value)
    {
        bool good = TryNumber(text, out ulong wide) && wide <= limit;
        value = good ? (uint)wide : 0;
        return good;
    }

    /// <summary>How many decimal digits a number has.</summary>
    public static int DigitsOf(uint number)
    {
        int digits = 1;
        for (; number >= 10; number /= 10)
            digits++;
        return digits;
    }

    /// <summary>Writes a number in decimal to the beginning of a text; returns how many digits that were.</summary>
    public static int WriteNumber(Span<byte> text, uint number)
    {
        int length = DigitsOf(number);
        for (int place = length; place > 0; number /= 10)
            text[--place] = (byte)('0' + number % 10);
        return length;
    }

    /// <summary>
    /// Reads a size into bytes: a number and a unit B, K, M, G or T of either case. Without a unit the number counts KiB, as in
    /// Xen's dom0_mem. False if the text is anything else or the size exceeds 64 bits.
    /// </summary>
    public static bool TrySize(ReadOnlySpan<byte> text, out ulong bytes)
    {
        bytes = 0;
        int shift = text.Length == 0 ? -1 : UnitShift(text[^1]);
        // In a hexadecimal number 'b' is a digit.
        if (shift == 0 && text.Length > 1 && (text[1] | 0x20) == 'x')
            shift = -1;
        ReadOnlySpan<byte> digits = shift < 0 ? text : text.Slice(0, text.Length - 1);
        if (shift < 0)
            shift = 10;
        if (!TryNumber(digits, out ulong number) || number > ulong.MaxValue >> shift)
            return false;
        bytes = number << shift;
        return true;
    }

    /// <summary>Reads a truth value by any of Xen's words for it: 1 0 yes no on off true false enable disable; an empty text is true.</summary>
    public static bool TryTruth(ReadOnlySpan<byte> text, out bool value)
    {
        int place = OptionText.PlaceIn("0,1,no,yes,off,on,false,true,disable,enable"u8, text);
        value = text.Length == 0 || place % 2 == 1;
        return value || place >= 0;
    }

    private static uint Digit(byte symbol)
    {
        if (symbol is >= (byte)'0' and <= (byte)'9')
            return (uint)(symbol - '0');
        int letter = symbol | 0x20;
        return letter is >= 'a' and <= 'f' ? (uint)(letter - 'a' + 10) : uint.MaxValue;
    }

    private static int UnitShift(byte symbol)
    {
        ReadOnlySpan<byte> units = "bkmgt"u8;
        int place = OptionText.IndexOf(units, (byte)(symbol | 0x20));
        return place == units.Length ? -1 : 10 * place;
    }
}
