using System;
using System.Numerics;

using Serai.Hypervisor.Ground;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The prefix code of zstd's literals (RFC 8878, 4.2): all codes of up to eleven bits in one table,
/// whose entries lie in a span that is given to each call, always the same. Entry: symbol in the lower byte, length of its code in the upper.
/// </summary>
internal struct HuffmanTable
{
    /// <summary>The longest code, in bits.</summary>
    public const int LongestCode = 11;

    /// <summary>Entries of the table.</summary>
    public const int Size = 1 << LongestCode;

    /// <summary>log2 of the states of the table that the description itself is coded with.</summary>
    public const int WeightAccuracy = 6;

    private const int LargestAlphabet = 256;
    private const int WeightAlphabet = LongestCode + 2;

    private int _bits;

    /// <summary>Whether the table has been built.</summary>
    public readonly bool IsReady => _bits != 0;

    /// <summary>
    /// Reads a description at the reader's position and builds the table. The description gives weights:
    /// 0 for a symbol that does not occur, otherwise one more than the bits its code is shorter than the longest. The last is left out.
    /// </summary>
    public bool Read(Span<ushort> entries, Span<uint> weightStates, ref ByteReader reader, ReadOnlySpan<byte> source)
    {
        Span<byte> weights = Scratch.Zeroed(stackalloc byte[LargestAlphabet]);
        int header = reader.Byte(source);
        bool isDirect = header >= 128;
        int count = isDirect ? header - 127 : 0;
        ReadOnlySpan<byte> description = reader.Bytes(source, isDirect ? (count + 1) / 2 : header);
        if (reader.Failed)
            return false;
        if (!isDirect)
            count = ReadCodedWeights(weightStates, description, weights);
        for (int index = 0; isDirect && index < count; index++)
            weights[index] = (byte)(index % 2 == 0 ? description[index / 2] >> 4 : description[index / 2] & 15);
        return count > 0 && Build(entries, weights, count);
    }

    /// <summary>Two states take turns with the bits. Returns the number of weights, 0 when they are malformed.</summary>
    private static int ReadCodedWeights(Span<uint> states, ReadOnlySpan<byte> description, Span<byte> weights)
    {
        ByteReader reader = default;
        FiniteStateTable table = default;
        if (!table.Read(states, ref reader, description, WeightAccuracy, WeightAlphabet))
            return 0;
        ReadOnlySpan<byte> stream = reader.Rest(description);
        var bits = new BackwardBitReader(stream);
        if (!bits.IsValid)
            return 0;
        uint state = bits.Take(table.Accuracy);
        uint other = bits.Take(table.Accuracy);
        // The bits end in the middle of a step: the state that could not be renewed was the last but one.
        for (int count = 0; count < LargestAlphabet - 2; count++)
        {
            bits.Refill(stream);
            uint entry = states[(int)state];
            weights[count] = (byte)FiniteStateTable.Symbol(entry);
            uint next = FiniteStateTable.Next(entry) + bits.Take(FiniteStateTable.Bits(entry));
            if (bits.Remaining < 0)
            {
                weights[count + 1] = (byte)FiniteStateTable.Symbol(states[(int)other]);
                return count + 2;
            }
            state = other;
            other = next;
        }
        return 0;
    }

    private bool Build(Span<ushort> entries, Span<byte> weights, int count)
    {
        _bits = 0;
        int sum = 0;
        for (int symbol = 0; symbol < count; symbol++)
        {
            if (weights[symbol] > LongestCode)
                return false;
            sum += 1 << weights[symbol] >> 1;
        }
        if (sum == 0)
            return false;
        int bits = BitOperations.Log2((uint)sum) + 1;
        int rest = (1 << bits) - sum;
        if (bits > LongestCode || !BitOperations.IsPow2((uint)rest))
            return false;
        weights[count] = (byte)(BitOperations.Log2((uint)rest) + 1);

        int place = 0;
        for (int weight = 1; weight <= bits; weight++)
        {
            for (int symbol = 0; symbol <= count; symbol++)
            {
                if (weights[symbol] != weight)
                    continue;
                int share = 1 << (weight - 1);
                entries.Slice(place, share).Fill((ushort)(symbol | (bits + 1 - weight) << 8));
                place += share;
            }
        }
        _bits = bits;
        return true;
    }

    /// <summary>Decodes one stream, which must yield exactly <paramref name="output"/> and have no bit left.</summary>
    public readonly bool Decode(ReadOnlySpan<ushort> entries, ReadOnlySpan<byte> stream, Span<byte> output)
    {
        unchecked
        {
            var bits = new BackwardBitReader(stream);
            if (!bits.IsValid)
                return false;
            entries = entries.Slice(0, Size);
            int width = _bits;
            int index = 0;
            while (index < output.Length)
            {
                bits.Refill(stream);
                int end = output.Length - index < 5 ? output.Length : index + 5;
                for (; index < end; index++)
                {
                    int entry = entries[(int)bits.Peek(width) & (Size - 1)];
                    bits.Skip(entry >> 8);
                    output[index] = (byte)entry;
                }
                if (bits.Remaining < 0)
                    return false;
            }
            return bits.Remaining == 0;
        }
    }
}
