using System;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// A canonical prefix code of deflate (RFC 1951, 3.2.2). Codes of up to ten bits are found by one look into a table
/// of all ten-bit inputs; longer ones, which are rare, by counting through the lengths.
/// </summary>
internal readonly ref struct PrefixCode
{
    private const int FastBits = 10;
    private const int FastSize = 1 << FastBits;
    private const int LongestCode = 15;
    private const int LargestAlphabet = 288;
    private const int CountsSize = LongestCode + 1;

    /// <summary>What <see cref="Decode"/> says of bits that are no code.</summary>
    public const int Invalid = -1;

    /// <summary>Elements of workspace one code takes.</summary>
    public const int Size = FastSize + LargestAlphabet + CountsSize;

    // Entry: symbol in the upper twelve bits, length in the lower four; zero where the code is longer or none.
    private readonly Span<ushort> _fast;
    private readonly Span<ushort> _symbols;
    private readonly Span<ushort> _counts;

    /// <summary>An empty code in <paramref name="workspace"/>, which holds at least <see cref="Size"/> elements.</summary>
    public PrefixCode(Span<ushort> workspace)
    {
        _fast = workspace.Slice(0, FastSize);
        _symbols = workspace.Slice(FastSize, LargestAlphabet);
        _counts = workspace.Slice(FastSize + LargestAlphabet, CountsSize);
    }

    /// <summary>
    /// Builds the code from the lengths of its symbols, 0 to 15, 0 for a symbol that does not occur. False when there are too many codes,
    /// or too few: only one single code of one bit may leave the rest unused.
    /// </summary>
    public bool Build(ReadOnlySpan<byte> lengths)
    {
        _counts.Clear();
        foreach (byte length in lengths)
            _counts[length]++;
        int used = lengths.Length - _counts[0];
        _counts[0] = 0;
        int unused = 1;
        for (int length = 1; length <= LongestCode; length++)
        {
            unused = unused * 2 - _counts[length];
            if (unused < 0)
                return false;
        }
        if (unused > 0 && used > 1 || used == 1 && _counts[1] != 1)
            return false;
        Assign(lengths);
        return true;
    }

    /// <summary>The next symbol, or <see cref="Invalid"/>; at least 15 bits are at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Decode(ref BitReader bits)
    {
        unchecked
        {
            int entry = _fast.Slice(0, FastSize)[(int)(bits.Peek & (FastSize - 1))];
            if (entry == 0)
                entry = FindLong(bits.Peek);
            bits.Skip(entry & 15);
            return entry >> 4;
        }
    }

    /// <summary>Sorts the symbols by code and fills the table.</summary>
    private void Assign(ReadOnlySpan<byte> lengths)
    {
        Span<ushort> places = stackalloc ushort[CountsSize + 1];
        Span<ushort> codes = stackalloc ushort[CountsSize + 1];
        places.Clear();
        codes.Clear();
        for (int length = 1; length <= LongestCode; length++)
        {
            places[length + 1] = (ushort)(places[length] + _counts[length]);
            codes[length + 1] = unchecked((ushort)((codes[length] + _counts[length]) << 1));
        }
        _fast.Clear();
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
                continue;
            _symbols[places[length]++] = (ushort)symbol;
            int code = codes[length]++;
            if (length <= FastBits)
                FillFast(Reverse(code, length), length, symbol);
        }
    }

    private void FillFast(int start, int length, int symbol)
    {
        for (int index = start; index < FastSize; index += 1 << length)
            _fast[index] = (ushort)(symbol << 4 | length);
    }

    private static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (; length > 0; length--)
        {
            reversed = reversed << 1 | code & 1;
            code >>= 1;
        }
        return reversed;
    }

    /// <summary>
    /// An entry as in the table, for a code of any length. Codes of one length are consecutive numbers,
    /// and begin where those of the length before end, doubled.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindLong(ulong ahead)
    {
        int code = 0;
        int first = 0;
        int place = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            code |= (int)(ahead & 1);
            ahead >>= 1;
            int count = _counts[length];
            if (code - first < count)
                return _symbols[place + code - first] << 4 | length;
            place += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        return Invalid << 4;
    }
}
