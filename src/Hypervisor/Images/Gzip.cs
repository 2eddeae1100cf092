using System;

namespace Serai.Hypervisor.Images;

/// <summary>Decodes one gzip member (RFC 1952), which must be all of the source.</summary>
internal static class Gzip
{
    private const byte Deflate = 8;

    // Header flags.
    private const byte HasHeaderChecksum = 2;
    private const byte HasExtra = 4;
    private const byte HasName = 8;
    private const byte HasComment = 16;
    private const byte Reserved = 0xE0;

    /// <summary>Bytes of workspace a decode takes.</summary>
    public const int WorkspaceSize = Crc32.TableSize + Inflate.WorkspaceSize;

    /// <summary>Decodes <paramref name="source"/> to the head of <paramref name="destination"/>.</summary>
    /// <param name="source">The member and nothing else.</param>
    /// <param name="destination">At least as large as the uncompressed data.</param>
    /// <param name="workspace">At least <see cref="WorkspaceSize"/> bytes, aligned to 8.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> workspace, out int written)
    {
        written = 0;
        Crc32.BuildTables(workspace);
        ByteReader reader = default;
        ImageError error = ReadHeader(ref reader, source, workspace);
        if (error != ImageError.None)
            return error;
        error = Inflate.Decode(reader.Rest(source), destination, workspace.Slice(Crc32.TableSize), out int read, out written);
        if (error != ImageError.None)
            return error;
        reader.Bytes(source, read);
        uint checksum = reader.UInt32(source);
        uint size = reader.UInt32(source);
        if (reader.Failed)
            return ImageError.Truncated;
        if (reader.Remaining(source) != 0)
            return ImageError.CorruptGzip;
        bool good = size == (uint)written && checksum == Crc32.Compute(workspace, destination.Slice(0, written));
        return good ? ImageError.None : ImageError.BadChecksum;
    }

    private static ImageError ReadHeader(ref ByteReader reader, ReadOnlySpan<byte> source, ReadOnlySpan<byte> workspace)
    {
        bool magic = reader.UInt16(source) == 0x8B1F;
        byte method = reader.Byte(source);
        byte flags = reader.Byte(source);
        // Time of modification, extra flags, operating system.
        reader.Bytes(source, 6);
        if (reader.Failed)
            return ImageError.Truncated;
        if (!magic || method != Deflate || (flags & Reserved) != 0)
            return ImageError.CorruptGzip;
        if ((flags & HasExtra) != 0)
            reader.Bytes(source, reader.UInt16(source));
        if ((flags & HasName) != 0)
            SkipText(ref reader, source);
        if ((flags & HasComment) != 0)
            SkipText(ref reader, source);
        int size = reader.Position;
        if ((flags & HasHeaderChecksum) != 0 && reader.UInt16(source) != (Crc32.Compute(workspace, source.Slice(0, size)) & 0xFFFF))
            return ImageError.BadChecksum;
        return reader.Failed ? ImageError.Truncated : ImageError.None;
    }

    private static void SkipText(ref ByteReader reader, ReadOnlySpan<byte> source)
    {
        while (reader.Byte(source) != 0)
        {
        }
    }
}
