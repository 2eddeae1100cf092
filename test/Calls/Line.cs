using System;

using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>
/// A line of the report: <c>CALL name arguments = answer</c>. What stands left of the equals sign is the same on every hypervisor and in every run,
/// so frames, addresses and times are named and never printed.
/// </summary>
internal static class Line
{
    private static Text text;
    private static int length;

    /// <summary>Begins a line with the call's name.</summary>
    internal static void Begin(ReadOnlySpan<byte> name)
    {
        length = 0;
        Append("CALL "u8);
        Append(name);
    }

    /// <summary>Adds a word.</summary>
    internal static void Word(ReadOnlySpan<byte> word)
    {
        Append(" "u8);
        Append(word);
    }

    /// <summary>Adds a number in hexadecimal, which keeps the edges readable.</summary>
    internal static void Number(ulong number)
    {
        Append(" "u8);
        AppendHex(number);
    }

    /// <summary>Ends the line with the answer: an error or a number, in decimal.</summary>
    internal static void End(long answer)
    {
        Append(" = "u8);
        if (answer < 0)
            Append("-"u8);
        ulong rest = answer < 0 ? unchecked(0 - (ulong)answer) : (ulong)answer;
        ulong scale = 1;
        while (rest / scale >= 10)
            scale *= 10;
        for (; scale != 0; scale /= 10)
            AppendLetter((byte)('0' + (rest / scale % 10)));
        Print();
    }

    /// <summary>Ends the line with a pattern of bits.</summary>
    internal static void EndBits(ulong bits)
    {
        Append(" = "u8);
        AppendHex(bits);
        Print();
    }

    /// <summary>Ends the line with an error, or with nothing but that there was none: what depends on the machine is not compared.</summary>
    internal static void EndRough(long answer) => End(answer > 0 ? 1 : answer);

    /// <summary>The longest text there is room for.</summary>
    private const int Room = 160;

    private static void Print()
    {
        Append("\n"u8);
        Serai.GuestKit.Console.Write(((ReadOnlySpan<byte>)text)[..length]);
    }

    private static void AppendHex(ulong number)
    {
        int shift = 60;
        while (shift > 0 && number >> shift == 0)
            shift -= 4;
        Append("0x"u8);
        for (; shift >= 0; shift -= 4)
            AppendLetter("0123456789abcdef"u8[(int)(number >> shift & 15)]);
    }

    private static void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (byte letter in bytes)
            AppendLetter(letter);
    }

    private static void AppendLetter(byte letter)
    {
        if (length < Room)
            text[length++] = letter;
    }

    [System.Runtime.CompilerServices.InlineArray(Room)]
    private struct Text
    {
        private byte element;
    }
}
