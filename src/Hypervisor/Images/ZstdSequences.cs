using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The half of zstd's block decoder that carries out sequences: so many literals, then a match of such length and distance (RFC 8878,
/// 3.1.1.3.2).
/// </summary>
internal ref partial struct ZstdBlock
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

    private ImageError DecodeSequences(ref ByteReader source)
    {
        int count = ReadCount(ref source);
        if (source.Failed)
            return ImageError.CorruptZstd;
        if (count == 0)
            return source.Remaining == 0 ? Append(_literals) : ImageError.CorruptZstd;
        int modes = source.Byte();
        bool ready = (modes & 3) == 0
            && Prepare(ref _lengthStates, ref source, modes >> 6, DefaultLengthCounts, 6, FiniteStateTable.LargestAccuracy, LiteralLengthCodes)
            && Prepare(ref _distanceStates, ref source, modes >> 4 & 3, DefaultDistanceCounts, 5, 8, DistanceCodes)
            && Prepare(ref _matchStates, ref source, modes >> 2 & 3, DefaultMatchCounts, 6, FiniteStateTable.LargestAccuracy, MatchLengthCodes);
        if (!ready || source.Failed)
            return ImageError.CorruptZstd;
        ImageError error = Run(source.Rest, count);
        return error != ImageError.None ? error : Append(_literals);
    }

    private static int ReadCount(ref ByteReader source)
    {
        int first = source.Byte();
        if (first < 128)
            return first;
        return first < 255 ? (first - 128) << 8 | source.Byte() : source.UInt16() + 0x7F00;
    }

    /// <summary>Makes one of the three tables ready: the predefined one, a constant, one that is described here, or the last one again.</summary>
    private static bool Prepare(
        ref FiniteStateTable table, ref ByteReader source, int mode, ReadOnlySpan<short> counts, int accuracy, int largestAccuracy, int alphabet)
    {
        switch (mode)
        {
            case 0:
                table.Build(counts, accuracy);
                return true;
            case 1:
                byte symbol = source.Byte();
                table.BuildConstant(symbol);
                return symbol < alphabet;
            case 2:
                return table.Read(ref source, largestAccuracy, alphabet);
            default:
                return table.IsReady;
        }
    }

    /// <summary>Carries out <paramref name="count"/> sequences and leaves what remains of the literals.</summary>
    private ImageError Run(ReadOnlySpan<byte> stream, int count)
    {
        unchecked
        {
            var bits = new BackwardBitReader(stream);
            if (!bits.IsValid)
                return ImageError.CorruptZstd;
            ReadOnlySpan<uint> lengthEntries = _lengthStates.Entries;
            ReadOnlySpan<uint> distanceEntries = _distanceStates.Entries;
            ReadOnlySpan<uint> matchEntries = _matchStates.Entries;
            bits.Refill();
            uint lengthState = bits.Take(_lengthStates.Accuracy);
            uint distanceState = bits.Take(_distanceStates.Accuracy);
            uint matchState = bits.Take(_matchStates.Accuracy);
            while (true)
            {
                uint lengthEntry = lengthEntries[(int)lengthState];
                uint distanceEntry = distanceEntries[(int)distanceState];
                uint matchEntry = matchEntries[(int)matchState];
                bits.Refill();
                int distanceCode = FiniteStateTable.Symbol(distanceEntry);
                uint distanceValue = (1u << distanceCode) + bits.Take(distanceCode);
                bits.Refill();
                uint matchCode = MatchLengths[FiniteStateTable.Symbol(matchEntry)];
                uint matchLength = (matchCode >> 5) + bits.Take((int)matchCode & 31);
                uint lengthCode = LiteralLengths[FiniteStateTable.Symbol(lengthEntry)];
                uint literalLength = (lengthCode >> 5) + bits.Take((int)lengthCode & 31);

                uint distance = Distance(distanceValue, literalLength == 0 ? 1u : 0u);
                ImageError error = Execute((int)literalLength, (int)matchLength, distance);
                if (error != ImageError.None)
                    return error;
                count--;
                if (count == 0)
                    return bits.Remaining == 0 ? ImageError.None : ImageError.CorruptZstd;
                bits.Refill();
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

    private ImageError Execute(int literalLength, int matchLength, uint distance)
    {
        if (literalLength > _literals.Length)
            return ImageError.CorruptZstd;
        int room = _output.Length - Position;
        if (literalLength > room || matchLength > room - literalLength)
            return ImageError.DestinationTooSmall;
        _literals.Slice(0, literalLength).CopyTo(_output.Slice(Position));
        _literals = _literals.Slice(literalLength);
        int position = Position + literalLength;
        if (distance == 0 || distance > (uint)position)
            return ImageError.CorruptZstd;
        OverlappingCopy.Repeat(_output, position, (int)distance, matchLength);
        Position = position + matchLength;
        return ImageError.None;
    }
}
