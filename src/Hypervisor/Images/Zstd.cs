using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Decodes one zstd frame (RFC 8878), which must be all of the source, into one span that is also the window.
/// Frames that need a dictionary are refused.
/// </summary>
internal static class Zstd
{
    private const uint Magic = 0xFD2FB528;

    /// <summary>Bytes of workspace a decode takes.</summary>
    public const int WorkspaceSize = ZstdBlock.WorkspaceSize;

    /// <summary>Decodes <paramref name="source"/> to the head of <paramref name="destination"/>.</summary>
    /// <param name="source">The frame and nothing else.</param>
    /// <param name="destination">At least as large as the uncompressed data.</param>
    /// <param name="workspace">At least <see cref="WorkspaceSize"/> bytes, aligned to 8.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> workspace, out int written)
    {
        written = 0;
        ByteReader reader = default;
        ImageError error = ReadHeader(ref reader, source, out ulong? contentSize, out bool hasChecksum);
        if (error != ImageError.None)
            return error;
        error = DecodeBlocks(ref reader, source, destination, workspace, out written);
        if (error != ImageError.None)
            return error;
        ulong expected = hasChecksum ? reader.UInt32(source) : 0;
        if (reader.Failed)
            return ImageError.Truncated;
        if (reader.Remaining(source) != 0 || (contentSize is { } size && size != (ulong)written))
            return ImageError.CorruptZstd;
        bool good = !hasChecksum || expected == (XxHash64.Compute(destination.Slice(0, written)) & uint.MaxValue);
        return good ? ImageError.None : ImageError.BadChecksum;
    }

    private static ImageError ReadHeader(ref ByteReader reader, ReadOnlySpan<byte> source, out ulong? contentSize, out bool hasChecksum)
    {
        uint magic = reader.UInt32(source);
        byte descriptor = reader.Byte(source);
        bool singleSegment = (descriptor & 0x20) != 0;
        hasChecksum = (descriptor & 4) != 0;
        // The window does not matter: the whole output is at hand.
        if (!singleSegment)
            reader.Byte(source);
        uint dictionary = (descriptor & 3) switch
        {
            0 => 0u,
            1 => reader.Byte(source),
            2 => reader.UInt16(source),
            _ => reader.UInt32(source),
        };
        contentSize = (descriptor >> 6) switch
        {
            0 => singleSegment ? reader.Byte(source) : null,
            1 => reader.UInt16(source) + 256ul,
            2 => reader.UInt32(source),
            _ => reader.UInt64(source),
        };
        if (reader.Failed)
            return ImageError.Truncated;
        if (magic != Magic || (descriptor & 8) != 0)
            return ImageError.CorruptZstd;
        return dictionary == 0 ? ImageError.None : ImageError.ZstdNotSupported;
    }

    private static ImageError DecodeBlocks(
        ref ByteReader reader, ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> workspace, out int written)
    {
        var block = new ZstdBlock();
        bool last;
        do
        {
            int header = reader.UInt16(source) | reader.Byte(source) << 16;
            last = (header & 1) != 0;
            int kind = header >> 1 & 3;
            int size = header >> 3;
            written = block.Position;
            ReadOnlySpan<byte> data = reader.Bytes(source, kind == 1 ? 1 : size);
            if (reader.Failed)
                return ImageError.Truncated;
            if (size > ZstdBlock.LargestBlock)
                return ImageError.CorruptZstd;
            ImageError error = kind switch
            {
                0 => block.Append(destination, data),
                1 => block.AppendRun(destination, data[0], size),
                2 => block.Decode(data, destination, workspace),
                _ => ImageError.CorruptZstd,
            };
            if (error != ImageError.None)
                return error;
        }
        while (!last);
        written = block.Position;
        return ImageError.None;
    }
}
