using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The half of zstd's block decoder that carries out sequences: so many literals, then a match of such length and distance (RFC 8878,
/// 3.1.1.3.2).
/// </summary>
internal partial struct ZstdBlock
{
    private const int LiteralLengthCodes = 36;
    private const int DistanceCodes = 32;
    private const int MatchLengthCodes = 53;

    private static ReadOnlySpan<short> DefaultLengthCounts =>
    [
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
    ];

    private static ReadOnlySpan<short> DefaultMatchCounts =>
    [
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
    ];

    private static ReadOnlySpan<short> DefaultDistanceCounts =>
    [
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
    ];

    // Code: start value in the upper bits, number of extra bits in the lower five.
    private static ReadOnlySpan<uint> LiteralLengths =>
    [
        0 << 5, 1 << 5, 2 << 5, 3 << 5, 4 << 5, 5 << 5, 6 << 5, 7 << 5, 8 << 5, 9 << 5, 10 << 5, 11 << 5, 12 << 5, 13 << 5, 14 << 5, 15 << 5,
        16 << 5 | 1, 18 << 5 | 1, 20 << 5 | 1, 22 << 5 | 1, 24 << 5 | 2, 28 << 5 | 2, 32 << 5 | 3, 40 << 5 | 3, 48 << 5 | 4, 64 << 5 | 6,
        128 << 5 | 7, 256 << 5 | 8, 512 << 5 | 9, 1024 << 5 | 10, 2048 << 5 | 11, 4096 << 5 | 12, 8192 << 5 | 13, 16384 << 5 | 14,
        32768 << 5 | 15, 65536 << 5 | 16,
    ];

    private static ReadOnlySpan<uint> MatchLengths =>
    [
        3 << 5, 4 << 5, 5 << 5, 6 << 5, 7 << 5, 8 << 5, 9 << 5, 10 << 5, 11 << 5, 12 << 5, 13 << 5, 14 << 5, 15 << 5, 16 << 5, 17 << 5, 18 << 5,
        19 << 5, 20 << 5, 21 << 5, 22 << 5, 23 << 5, 24 << 5, 25 << 5, 26 << 5, 27 << 5, 28 << 5, 29 << 5, 30 << 5, 31 << 5, 32 << 5, 33 << 5,
        34 << 5, 35 << 5 | 1, 37 << 5 | 1, 39 << 5 | 1, 41 << 5 | 1, 43 << 5 | 2, 47 << 5 | 2, 51 << 5 | 3, 59 << 5 | 3, 67 << 5 | 4, 83 << 5 | 4,
        99 << 5 | 5, 131 << 5 | 7, 259 << 5 | 8, 515 << 5 | 9, 1027 << 5 | 10, 2051 << 5 | 11, 4099 << 5 | 12, 8195 << 5 | 13, 16387 << 5 | 14,
        32771 << 5 | 15, 65539 << 5 | 16,
    ];

    private ImageError DecodeSequences(ref ByteReader reader, ReadOnlySpan<byte> block, Span<byte> output, Span<byte> workspace)
    {
        int count = ReadCount(ref reader, block);
        if (reader.Failed)
            return ImageError.CorruptZstd;
        ReadOnlySpan<byte> literals = workspace.Slice(0, _literalCount);
        if (count == 0)
            return reader.Remaining(block) == 0 ? Append(output, literals) : ImageError.CorruptZstd;
        if (!PrepareTables(ref reader, block, workspace) || reader.Failed)
            return ImageError.CorruptZstd;
        int used = 0;
        ImageError error = Run(reader.Rest(block), output, workspace, count, ref used);
        return error != ImageError.None ? error : Append(output, literals.Slice(used));
    }

    private static int ReadCount(ref ByteReader reader, ReadOnlySpan<byte> block)
    {
        int first = reader.Byte(block);
        if (first < 128)
            return first;
        return first < 255 ? (first - 128) << 8 | reader.Byte(block) : reader.UInt16(block) + 0x7F00;
    }

    private bool PrepareTables(ref ByteReader reader, ReadOnlySpan<byte> block, Span<byte> workspace)
    {
        int modes = reader.Byte(block);
        Span<uint> lengths = States(workspace, LengthStates);
        Span<uint> distances = States(workspace, DistanceStates);
        Span<uint> matches = States(workspace, MatchStates);
        if (modes >> 6 == 0)
            _lengths.Build(lengths, DefaultLengthCounts, 6);
        if ((modes >> 4 & 3) == 0)
            _distances.Build(distances, DefaultDistanceCounts, 5);
        if ((modes >> 2 & 3) == 0)
            _matches.Build(matches, DefaultMatchCounts, 6);
        return (modes & 3) == 0
            && Prepare(ref _lengths, lengths, ref reader, block, modes >> 6, FiniteStateTable.LargestAccuracy, LiteralLengthCodes)
            && Prepare(ref _distances, distances, ref reader, block, modes >> 4 & 3, 8, DistanceCodes)
            && Prepare(ref _matches, matches, ref reader, block, modes >> 2 & 3, FiniteStateTable.LargestAccuracy, MatchLengthCodes);
    }

    /// <summary>Makes one of the three tables ready: a constant, or one that is described here; otherwise it must be ready by now.</summary>
    private static bool Prepare(
        ref FiniteStateTable table, Span<uint> entries, ref ByteReader reader, ReadOnlySpan<byte> block,
        int mode, int largestAccuracy, int alphabet)
    {
        if (mode == 2)
            return table.Read(entries, ref reader, block, largestAccuracy, alphabet);
        if (mode != 1)
            return table.IsReady;
        byte symbol = reader.Byte(block);
        table.BuildConstant(entries, symbol);
        return symbol < alphabet;
    }

    /// <summary>Carries out <paramref name="count"/> sequences; <paramref name="used"/> is how many literals they took.</summary>
    private ImageError Run(ReadOnlySpan<byte> stream, Span<byte> output, Span<byte> workspace, int count, ref int used)
    {
        unchecked
        {
            var bits = new BackwardBitReader(stream);
            if (!bits.IsValid)
                return ImageError.CorruptZstd;
            bits.Refill(stream);
            ReadOnlySpan<uint> lengths = States(workspace, LengthStates);
            ReadOnlySpan<uint> distances = States(workspace, DistanceStates);
            ReadOnlySpan<uint> matches = States(workspace, MatchStates);
            uint lengthState = bits.Take(_lengths.Accuracy);
            uint distanceState = bits.Take(_distances.Accuracy);
            uint matchState = bits.Take(_matches.Accuracy);
            while (true)
            {
                uint lengthEntry = lengths[(int)lengthState];
                uint distanceEntry = distances[(int)distanceState];
                uint matchEntry = matches[(int)matchState];
                bits.Refill(stream);
                int distanceCode = FiniteStateTable.Symbol(distanceEntry);
                uint distanceValue = (1u << distanceCode) + bits.Take(distanceCode);
                bits.Refill(stream);
                uint matchCode = MatchLengths[FiniteStateTable.Symbol(matchEntry)];
                uint matchLength = (matchCode >> 5) + bits.Take((int)matchCode & 31);
                uint lengthCode = LiteralLengths[FiniteStateTable.Symbol(lengthEntry)];
                uint literalLength = (lengthCode >> 5) + bits.Take((int)lengthCode & 31);

                if (literalLength > (uint)(_literalCount - used))
                    return ImageError.CorruptZstd;
                ImageError error = Append(output, workspace.Slice(used, (int)literalLength));
                used += (int)literalLength;
                if (error == ImageError.None)
                {
                    uint distance = Distance(distanceValue, literalLength == 0 ? 1u : 0u);
                    error = OverlappingCopy.Match(output, ref _position, distance, (int)matchLength, ImageError.CorruptZstd);
                }
                if (error != ImageError.None)
                    return error;
                count--;
                if (count == 0)
                    return bits.Remaining == 0 ? ImageError.None : ImageError.CorruptZstd;
                bits.Refill(stream);
                lengthState = FiniteStateTable.Next(lengthEntry) + bits.Take(FiniteStateTable.Bits(lengthEntry));
                matchState = FiniteStateTable.Next(matchEntry) + bits.Take(FiniteStateTable.Bits(matchEntry));
                distanceState = FiniteStateTable.Next(distanceEntry) + bits.Take(FiniteStateTable.Bits(distanceEntry));
                if (bits.Remaining < 0)
                    return ImageError.CorruptZstd;
            }
        }
    }

    /// <summary>
    /// Values 1 to 3 stand for recent distances, or their neighbours when no literals precede (<paramref name="shift"/> 1). 0 is an
    /// invalid result.
    /// </summary>
    private uint Distance(uint value, uint shift)
    {
        unchecked
        {
            uint distance = value - 3;
            if (value <= 3)
            {
                uint which = value + shift;
                if (which == 1)
                    return _recent1;
                distance = which == 2 ? _recent2 : which == 3 ? _recent3 : _recent1 - 1;
                if (which == 2)
                {
                    _recent2 = _recent1;
                    _recent1 = distance;
                    return distance;
                }
            }
            _recent3 = _recent2;
            _recent2 = _recent1;
            _recent1 = distance;
            return distance;
        }
    }
}
