using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Decodes the legacy LZ4 frame, which is what kernels use: a magic, then blocks, each with its compressed size before it, until the
/// source ends. Every block but the last yields 8 MiB, and none refers to another. The format has no checksum.
/// </summary>
internal static class Lz4
{
    private const uint Magic = 0x184C2102;
    private const int BlockSize = 8 << 20;
    private const int ShortestMatch = 4;
    private const int LengthEscape = 15;

    /// <summary>Decodes <paramref name="source"/> to the head of <paramref name="destination"/>.</summary>
    /// <param name="source">The frame and nothing else.</param>
    /// <param name="destination">At least as large as the uncompressed data.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        ByteReader reader = default;
        uint magic = reader.UInt32(source);
        if (reader.Failed)
            return ImageError.Truncated;
        if (magic != Magic)
            return ImageError.CorruptLz4;
        int block = BlockSize;
        while (reader.Remaining(source) > 0)
        {
            uint size = reader.UInt32(source);
            ReadOnlySpan<byte> data = reader.Bytes(source, size > int.MaxValue ? -1 : (int)size);
            if (reader.Failed)
                return ImageError.Truncated;
            if (block != BlockSize)
                return ImageError.CorruptLz4;
            Span<byte> output = destination.Slice(written);
            bool limited = output.Length < BlockSize;
            ImageError error = DecodeBlock(data, limited ? output : output.Slice(0, BlockSize), out block);
            if (error == ImageError.DestinationTooSmall && !limited)
                return ImageError.CorruptLz4;
            if (error != ImageError.None)
                return error;
            written += block;
        }
        return ImageError.None;
    }

    /// <summary>A block is a row of literals and a match, again and again, and ends with literals.</summary>
    private static ImageError DecodeBlock(ReadOnlySpan<byte> source, Span<byte> output, out int position)
    {
        position = 0;
        int at = 0;
        while (at < source.Length)
        {
            int token = source[at++];
            int literals = ReadLength(source, ref at, token >> 4);
            if (literals > source.Length - at)
                return ImageError.CorruptLz4;
            ImageError error = OverlappingCopy.Append(output, ref position, source.Slice(at, literals));
            at += literals;
            if (error != ImageError.None || at == source.Length)
                return error;

            if (source.Length - at < 2)
                return ImageError.CorruptLz4;
            uint distance = source[at] | (uint)source[at + 1] << 8;
            at += 2;
            int length = ReadLength(source, ref at, token & 15) + ShortestMatch;
            error = OverlappingCopy.Match(output, ref position, distance, length, ImageError.CorruptLz4);
            if (error != ImageError.None)
                return error;
        }
        return ImageError.CorruptLz4;
    }

    /// <summary>
    /// A length above 14 goes on in bytes as long as they are 255. It is below 255 times the source's size,
    /// and grows only up to the largest block, so that it cannot overflow.
    /// </summary>
    private static int ReadLength(ReadOnlySpan<byte> source, ref int at, int nibble)
    {
        int length = nibble;
        if (nibble != LengthEscape)
            return length;
        while (at < source.Length)
        {
            byte more = source[at++];
            length = length > BlockSize ? length : length + more;
            if (more != 255)
                break;
        }
        return length;
    }
}
