using System;
using System.Numerics;

using Serai.Hypervisor.Ground;

namespace Serai.Hypervisor.Images;

/// <summary>
/// A decoding table of finite state entropy, zstd's arithmetic coder (RFC 8878, 4.1). The state is an index; its entry names a symbol, and how
/// many bits added to which state make the next one. The entries lie in a span that is given to each call, always the same.
/// </summary>
internal struct FiniteStateTable
{
    /// <summary>The largest accuracy of any table in zstd: log2 of the number of states.</summary>
    public const int LargestAccuracy = 9;

    private const int LargestAlphabet = 256;
    private const int SmallestAccuracy = 5;

    /// <summary>log2 of the number of states.</summary>
    public int Accuracy { get; private set; }

    /// <summary>Whether the table has been built.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The symbol of an entry, in bits 0 to 7.</summary>
    public static int Symbol(uint entry) => unchecked((int)(entry & 0xFF));

    /// <summary>The number of bits to take after an entry, in bits 8 to 15.</summary>
    public static int Bits(uint entry) => unchecked((int)(entry >> 8 & 0xFF));

    /// <summary>The state to add those bits to, in bits 16 to 31.</summary>
    public static uint Next(uint entry) => entry >> 16;

    /// <summary>Makes a table of one state that always yields <paramref name="symbol"/>.</summary>
    public void BuildConstant(Span<uint> entries, byte symbol)
    {
        entries[0] = symbol;
        Accuracy = 0;
        IsReady = true;
    }

    /// <summary>Reads a description and builds the table.</summary>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="reader">Advanced to behind the description.</param>
    /// <param name="source">What the reader reads.</param>
    /// <param name="largestAccuracy">What this table may have at most.</param>
    /// <param name="alphabet">Symbols from this number on are refused.</param>
    public bool Read(Span<uint> entries, ref ByteReader reader, ReadOnlySpan<byte> source, int largestAccuracy, int alphabet)
    {
        Span<short> counts = Scratch.Zeroed(stackalloc short[LargestAlphabet]);
        ReadOnlySpan<byte> rest = reader.Rest(source);
        BitReader bits = default;
        bits.Refill(rest);
        int accuracy = (int)bits.Take(4) + SmallestAccuracy;
        if (accuracy > largestAccuracy || !ReadCounts(ref bits, rest, 1 << accuracy, counts.Slice(0, alphabet)))
            return false;
        reader.Bytes(source, bits.BytePosition);
        Build(entries, counts, accuracy);
        return true;
    }

    /// <summary>
    /// Reads how many of the states each symbol has; -1 stands for less than one. The remainder bounds the next number, which takes as
    /// few bits as that allows: small numbers one fewer than large ones.
    /// </summary>
    private static bool ReadCounts(ref BitReader bits, ReadOnlySpan<byte> source, int remaining, Span<short> counts)
    {
        int symbol = 0;
        while (remaining > 0 && symbol < counts.Length)
        {
            bits.Refill(source);
            int width = BitOperations.Log2((uint)(remaining + 1)) + 1;
            int half = 1 << (width - 1);
            int value = (int)(bits.Peek & (ulong)(2 * half - 1));
            int spare = 2 * half - 2 - remaining;
            bool isShort = (value & (half - 1)) < spare;
            bits.Skip(isShort ? width - 1 : width);
            if (isShort)
                value &= half - 1;
            else if (value >= half)
                value -= spare;
            int count = value - 1;
            remaining -= count < 0 ? 1 : count;
            counts[symbol++] = (short)count;
            if (count == 0)
                symbol += ReadZeros(ref bits, source);
        }
        return remaining == 0 && symbol <= counts.Length && !bits.Overrun(source);
    }

    /// <summary>After a zero, two bits say how many more follow; three means that two more bits do.</summary>
    private static int ReadZeros(ref BitReader bits, ReadOnlySpan<byte> source)
    {
        int zeros = 0;
        uint more;
        do
        {
            bits.Refill(source);
            more = bits.Take(2);
            zeros += (int)more;
        }
        while (more == 3 && zeros < LargestAlphabet);
        return zeros;
    }

    /// <summary>Builds the table from the numbers of states of all symbols, which sum up to 2 to the power <paramref name="accuracy"/>.</summary>
    public void Build(Span<uint> entries, ReadOnlySpan<short> counts, int accuracy)
    {
        Accuracy = accuracy;
        entries = entries.Slice(0, 1 << accuracy);
        Spread(counts, entries);

        Span<ushort> states = Scratch.Zeroed(stackalloc ushort[LargestAlphabet]);
        for (int symbol = 0; symbol < counts.Length; symbol++)
            states[symbol] = (ushort)(counts[symbol] < 0 ? 1 : counts[symbol]);
        for (int index = 0; index < entries.Length; index++)
        {
            int symbol = Symbol(entries[index]);
            uint state = states[symbol]++;
            int bits = accuracy - BitOperations.Log2(state);
            uint next = (state << bits) - (uint)entries.Length;
            entries[index] = next << 16 | (uint)bits << 8 | (uint)symbol;
        }
        IsReady = true;
    }

    /// <summary>Symbols of less than one state get the last ones; the others are strewn over the rest by a step that visits every place.</summary>
    private static void Spread(ReadOnlySpan<short> counts, Span<uint> entries)
    {
        int free = entries.Length;
        for (int symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] < 0)
                entries[--free] = (uint)symbol;
        }
        int step = (entries.Length >> 1) + (entries.Length >> 3) + 3;
        int place = 0;
        for (int symbol = 0; symbol < counts.Length; symbol++)
        {
            for (int count = counts[symbol]; count > 0; count--)
            {
                entries[place] = (uint)symbol;
                do
                    place = (place + step) & (entries.Length - 1);
                while (place >= free);
            }
        }
    }
}
