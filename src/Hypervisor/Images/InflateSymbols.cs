using System;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>The half of deflate's decoder that turns symbols into output.</summary>
internal partial struct Inflate
{
    private const int EndOfBlock = 256;
    private const int FirstLength = 257;

    // The last code of a length stands for the longest match and has no bits after it.
    private const int LastLength = 28;
    private const int ShortestMatch = 3;
    private const int LongestMatch = 258;

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
                error = CopyMatch(ref bits, distances, output, symbol - FirstLength, ref position);
                if (error != ImageError.None)
                    break;
            }
            _bits = bits;
            _position = position;
            return error;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ImageError CopyMatch(
        ref BitReader bits, ReadOnlySpan<ushort> distances, Span<byte> output, int lengthCode, ref int position)
    {
        if ((uint)lengthCode > LastLength)
            return ImageError.CorruptGzip;
        int length = lengthCode == LastLength ? LongestMatch : ShortestMatch + Number(ref bits, lengthCode, 2);
        int distanceCode = PrefixCode.Decode(distances, ref bits);
        if ((uint)distanceCode >= DistanceCount)
            return ImageError.CorruptGzip;
        int distance = 1 + Number(ref bits, distanceCode, 1);
        return OverlappingCopy.Match(output, ref position, (uint)distance, length, ImageError.CorruptGzip);
    }

    /// <summary>
    /// What a code stands for above the least of its kind (RFC 1951, 3.2.5). The first codes are the numbers themselves. Behind them, each row of
    /// 1 &lt;&lt; <paramref name="row"/> codes takes one bit more than the row before it: a code has a number's highest bits, those are its lowest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Number(ref BitReader bits, int code, int row)
    {
        unchecked
        {
            int more = (code >> row) - 1;
            return more <= 0 ? code : ((code - (more << row)) << more) + (int)bits.Take(more);
        }
    }
}
