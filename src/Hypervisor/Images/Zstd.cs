using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Decodes one zstd frame (RFC 8878), which must be all of the source, into one span that is also the window.
/// Frames that need a dictionary are refused.
/// </summary>
internal static class Zstd
{
    private const uint Magic = 0xFD2FB528;
    private const int LargestBlock = 128 * 1024;

    /// <summary>Bytes of workspace a decode takes.</summary>
    public const int WorkspaceSize = LargestBlock + ZstdBlock.TablesSize;

    /// <summary>Decodes <paramref name="source"/> to the head of <paramref name="destination"/>.</summary>
    /// <param name="source">The frame and nothing else.</param>
    /// <param name="destination">At least as large as the uncompressed data.</param>
    /// <param name="workspace">At least <see cref="WorkspaceSize"/> bytes, aligned to 8.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> workspace, out int written)
    {
        written = 0;
        if (workspace.Length < WorkspaceSize)
            return ImageError.WorkspaceTooSmall;
        var reader = new ByteReader(source);
        ImageError error = ReadHeader(ref reader, out ulong? contentSize, out bool hasChecksum);
        if (error != ImageError.None)
            return error;
        error = DecodeBlocks(ref reader, destination, workspace, out written);
        if (error != ImageError.None)
            return error;
        ulong expected = hasChecksum ? reader.UInt32() : 0;
        if (reader.Failed)
            return ImageError.Truncated;
        if (reader.Remaining != 0 || (contentSize is { } size && size != (ulong)written))
            return ImageError.CorruptZstd;
        bool good = !hasChecksum || expected == (XxHash64.Compute(destination.Slice(0, written)) & uint.MaxValue);
        return good ? ImageError.None : ImageError.BadChecksum;
    }

    private static ImageError ReadHeader(ref ByteReader reader, out ulong? contentSize, out bool hasChecksum)
    {
        uint magic = reader.UInt32();
        byte descriptor = reader.Byte();
        bool singleSegment = (descriptor & 0x20) != 0;
        hasChecksum = (descriptor & 4) != 0;
        // The window does not matter: the whole output is at hand.
        if (!singleSegment)
            reader.Byte();
        uint dictionary = (descriptor & 3) switch
        {
            0 => 0u,
            1 => reader.Byte(),
            2 => reader.UInt16(),
            _ => reader.UInt32(),
        };
        contentSize = (descriptor >> 6) switch
        {
            0 => singleSegment ? reader.Byte() : null,
            1 => reader.UInt16() + 256ul,
            2 => reader.UInt32(),
            _ => reader.UInt64(),
        };
        if (reader.Failed)
            return ImageError.Truncated;
        if (magic != Magic || (descriptor & 8) != 0)
            return ImageError.CorruptZstd;
        return dictionary == 0 ? ImageError.None : ImageError.ZstdNotSupported;
    }

    private static ImageError DecodeBlocks(ref ByteReader reader, Span<byte> destination, Span<byte> workspace, out int written)
    {
        var block = new ZstdBlock(destination, workspace.Slice(0, LargestBlock), workspace.Slice(LargestBlock));
        bool last;
        do
        {
            int header = reader.UInt16() | reader.Byte() << 16;
            last = (header & 1) != 0;
            int kind = header >> 1 & 3;
            int size = header >> 3;
            written = block.Position;
            ReadOnlySpan<byte> data = reader.Bytes(kind == 1 ? 1 : size);
            if (reader.Failed)
                return ImageError.Truncated;
            if (size > LargestBlock)
                return ImageError.CorruptZstd;
            ImageError error = kind switch
            {
                0 => block.Append(data),
                1 => block.AppendRun(data[0], size),
                2 => block.Decode(data),
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
