using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Decodes one XZ stream (the .xz file format 1.2): header, blocks, index, footer, every checksum.
/// Blocks are LZMA2, with or without the x86 filter before it, as Linux kernels are. The source is exactly the stream: what follows it is an error.
/// </summary>
internal static class Xz
{
    private const int HeaderSize = 12;
    private const int FooterSize = 12;

    // The workspace: checksum tables first, then what LZMA needs.
    private const int Crc64Tables = Crc32.TableSize;
    private const int LzmaWorkspace = Crc64Tables + Crc64.TableSize;

    /// <summary>Bytes of workspace a decode takes.</summary>
    public const int WorkspaceSize = LzmaWorkspace + Lzma.ProbabilitiesSize;

    /// <summary>The first bytes of every stream.</summary>
    public static ReadOnlySpan<byte> Magic => [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    /// <summary>Decodes <paramref name="source"/> to the head of <paramref name="destination"/>, which also serves as the dictionary.</summary>
    /// <param name="source">The whole stream and nothing else.</param>
    /// <param name="destination">At least as large as the uncompressed data.</param>
    /// <param name="workspace">At least <see cref="WorkspaceSize"/> bytes, aligned to 8.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> workspace, out int written)
    {
        written = 0;
        if (source.Length < HeaderSize + FooterSize)
            return ImageError.Truncated;
        Crc32.BuildTables(workspace);
        Crc64.BuildTable(workspace.Slice(Crc64Tables));
        ImageError error = ReadFrame(source, workspace, out XzCheck check, out int indexStart);
        if (error != ImageError.None)
            return error;
        ReadOnlySpan<byte> blocks = source.Slice(HeaderSize, indexStart - HeaderSize);
        ReadOnlySpan<byte> index = source.Slice(indexStart, source.Length - FooterSize - indexStart);
        return DecodeBlocks(blocks, index, destination, workspace, check, out written);
    }

    /// <summary>The checksum <paramref name="check"/> of data; <see cref="Decode"/> has built the tables.</summary>
    public static ulong Checksum(XzCheck check, ReadOnlySpan<byte> workspace, ReadOnlySpan<byte> data) => check switch
    {
        XzCheck.Crc32 => Crc32.Compute(workspace, data),
        XzCheck.Crc64 => Crc64.Compute(workspace.Slice(Crc64Tables), data),
        _ => 0,
    };

    private static ImageError DecodeBlocks(
        ReadOnlySpan<byte> blocks, ReadOnlySpan<byte> index, Span<byte> destination, Span<byte> workspace, XzCheck check, out int written)
    {
        written = 0;
        XzIndex records = default;
        if (!records.Open(index, workspace))
            return ImageError.CorruptXz;
        ByteReader reader = default;
        while (reader.Remaining(blocks) > 0)
        {
            XzBlock block = default;
            ImageError error = block.Decode(
                ref reader, blocks, destination.Slice(written), workspace, workspace.Slice(LzmaWorkspace), check);
            if (error != ImageError.None)
                return error;
            if (!records.Matches(index, block.UnpaddedSize, block.OutputSize))
                return ImageError.CorruptXz;
            written += block.OutputSize;
        }
        return records.AtEnd(index) ? ImageError.None : ImageError.CorruptXz;
    }

    /// <summary>Checks header and footer, which agree in their flags; the footer says where the index begins.</summary>
    private static ImageError ReadFrame(ReadOnlySpan<byte> source, ReadOnlySpan<byte> workspace, out XzCheck check, out int indexStart)
    {
        indexStart = 0;
        ReadOnlySpan<byte> header = source.Slice(0, HeaderSize);
        ReadOnlySpan<byte> footer = source.Slice(source.Length - FooterSize);
        check = (XzCheck)header[7];
        if (!header.StartsWith(Magic) || header[6] != 0)
            return ImageError.CorruptXz;
        if (footer[10] != (byte)'Y' || footer[11] != (byte)'Z')
            return ImageError.Truncated;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(8)) != Crc32.Compute(workspace, header.Slice(6, 2))
            || BinaryPrimitives.ReadUInt32LittleEndian(footer) != Crc32.Compute(workspace, footer.Slice(4, 6)))
            return ImageError.BadChecksum;

        // Stored as words less one; a stream below 2 GiB cannot hold an index that needs the top bits.
        long indexSize = ((long)BinaryPrimitives.ReadUInt32LittleEndian(footer.Slice(4)) + 1) * 4;
        if (footer[8] != 0 || footer[9] != header[7] || indexSize > source.Length - HeaderSize - FooterSize)
            return ImageError.CorruptXz;
        indexStart = source.Length - FooterSize - (int)indexSize;
        return check is XzCheck.None or XzCheck.Crc32 or XzCheck.Crc64 ? ImageError.None : ImageError.XzCheckNotSupported;
    }
}

/// <summary>The integrity checks of the format, by their number in the stream flags.</summary>
internal enum XzCheck : byte
{
    None = 0,
    Crc32 = 1,
    Crc64 = 4,
    Sha256 = 10,
}
