using System;
using System.Runtime.CompilerServices;

using Serai.Hypervisor.Ground;

namespace Serai.Hypervisor.Images;

/// <summary>
/// A canonical prefix code of deflate (RFC 1951, 3.2.2), in a span of <see cref="Size"/> elements. Codes of up to ten bits are found
/// by one look into a table of all ten-bit inputs; longer ones, which are rare, by counting through the lengths.
/// </summary>
internal static class PrefixCode
{
    private const int FastBits = 10;
    private const int FastSize = 1 << FastBits;
    private const int LongestCode = 15;
    private const int LargestAlphabet = 288;
    private const int CountsSize = LongestCode + 1;

    // The table comes first. Entry: symbol in the upper twelve bits, length in the lower four; zero where the code is longer or none.
    // Then the symbols sorted by code, and how many codes there are of each length.
    private const int Symbols = FastSize;
    private const int Counts = Symbols + LargestAlphabet;

    /// <summary>What <see cref="Decode"/> says of bits that are no code.</summary>
    public const int Invalid = -1;

    /// <summary>Elements one code takes.</summary>
    public const int Size = Counts + CountsSize;

    /// <summary>
    /// Builds the code from the lengths of its symbols, 0 to 15, 0 for a symbol that does not occur. False when there are too many codes,
    /// or too few: only one single code of one bit may leave the rest unused.
    /// </summary>
    public static bool Build(Span<ushort> code, ReadOnlySpan<byte> lengths)
    {
        Span<ushort> counts = code.Slice(Counts, CountsSize);
        counts.Clear();
        foreach (byte length in lengths)
            counts[length]++;
        int used = lengths.Length - counts[0];
        counts[0] = 0;
        int unused = 1;
        for (int length = 1; length <= LongestCode; length++)
        {
            unused = unused * 2 - counts[length];
            if (unused < 0)
                return false;
        }
        if (unused > 0 && used > 1 || used == 1 && counts[1] != 1)
            return false;
        Assign(code, lengths);
        return true;
    }

    /// <summary>The next symbol, or <see cref="Invalid"/>; at least 15 bits are at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decode(ReadOnlySpan<ushort> code, ref BitReader bits)
    {
        unchecked
        {
            int entry = code.Slice(0, FastSize)[(int)(bits.Peek & (FastSize - 1))];
            if (entry == 0)
                entry = FindLong(code, bits.Peek);
            bits.Skip(entry & 15);
            return entry >> 4;
        }
    }

    /// <summary>Sorts the symbols by code and fills the table.</summary>
    private static void Assign(Span<ushort> code, ReadOnlySpan<byte> lengths)
    {
        ReadOnlySpan<ushort> counts = code.Slice(Counts, CountsSize);
        Span<ushort> places = Scratch.Zeroed(stackalloc ushort[CountsSize + 1]);
        Span<ushort> codes = Scratch.Zeroed(stackalloc ushort[CountsSize + 1]);
        for (int length = 1; length <= LongestCode; length++)
        {
            places[length + 1] = (ushort)(places[length] + counts[length]);
            codes[length + 1] = unchecked((ushort)((codes[length] + counts[length]) << 1));
        }
        code.Slice(0, FastSize).Clear();
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
                continue;
            code[Symbols + places[length]++] = (ushort)symbol;
            int bits = codes[length]++;
            if (length <= FastBits)
                FillFast(code, Reverse(bits, length), length, symbol);
        }
    }

    private static void FillFast(Span<ushort> code, int start, int length, int symbol)
    {
        for (int index = start; index < FastSize; index += 1 << length)
            code[index] = (ushort)(symbol << 4 | length);
    }

    private static int Reverse(int bits, int length)
    {
        int reversed = 0;
        for (; length > 0; length--)
        {
            reversed = reversed << 1 | bits & 1;
            bits >>= 1;
        }
        return reversed;
    }

    /// <summary>
    /// An entry as in the table, for a code of any length. Codes of one length are consecutive numbers,
    /// and begin where those of the length before end, doubled.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FindLong(ReadOnlySpan<ushort> code, ulong ahead)
    {
        int bits = 0;
        int first = 0;
        int place = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            bits |= (int)(ahead & 1);
            ahead >>= 1;
            int count = code[Counts + length];
            if (bits - first < count)
                return code[Symbols + place + bits - first] << 4 | length;
            place += count;
            first = (first + count) << 1;
            bits <<= 1;
        }
        return Invalid << 4;
    }
}
