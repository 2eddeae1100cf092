using System;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>The half of deflate's decoder that turns symbols into output.</summary>
internal partial struct Inflate
{
    private const int EndOfBlock = 256;
    private const int FirstLength = 257;

    private static ReadOnlySpan<ushort> LengthStart =>
    [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ];

    private static ReadOnlySpan<byte> LengthBits =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ];

    private static ReadOnlySpan<ushort> DistanceStart =>
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769,
        1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ];

    private static ReadOnlySpan<byte> DistanceBits =>
    [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ];

    /// <summary>Decodes literals and matches up to the end of the block. A symbol takes 48 bits at most, so one refill each will do.</summary>
    private ImageError DecodeSymbols(ReadOnlySpan<byte> source, Span<byte> output, ReadOnlySpan<ushort> tables)
    {
        unchecked
        {
            BitReader bits = _bits;
            ReadOnlySpan<ushort> literals = tables.Slice(Literals);
            ReadOnlySpan<ushort> distances = tables.Slice(Distances);
            int position = _position;
            ImageError error = ImageError.None;
            while (true)
            {
                bits.Refill(source);
                int symbol = PrefixCode.Decode(literals, ref bits);
                if ((uint)symbol < EndOfBlock)
                {
                    if ((uint)position >= (uint)output.Length)
                    {
                        error = ImageError.DestinationTooSmall;
                        break;
                    }
                    output[position] = (byte)symbol;
                    position++;
                    continue;
                }
                if (symbol == EndOfBlock || bits.Overrun(source))
                    break;
                error = CopyMatch(ref bits, distances, output, symbol - FirstLength, position, out int length);
                if (error != ImageError.None)
                    break;
                position += length;
            }
            _bits = bits;
            _position = position;
            return error;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ImageError CopyMatch(
        ref BitReader bits, ReadOnlySpan<ushort> distances, Span<byte> output, int lengthCode, int position, out int length)
    {
        length = 0;
        if ((uint)lengthCode >= (uint)LengthStart.Length)
            return ImageError.CorruptGzip;
        length = LengthStart[lengthCode] + (int)bits.Take(LengthBits[lengthCode]);
        int distanceCode = PrefixCode.Decode(distances, ref bits);
        if ((uint)distanceCode >= DistanceCount)
            return ImageError.CorruptGzip;
        int distance = DistanceStart[distanceCode] + (int)bits.Take(DistanceBits[distanceCode]);
        if (distance > position)
            return ImageError.CorruptGzip;
        if (length > output.Length - position)
            return ImageError.DestinationTooSmall;
        OverlappingCopy.Repeat(output, position, distance, length);
        return ImageError.None;
    }
}
