using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Decodes one XZ stream (the .xz file format 1.2): header, blocks, index, footer, every checksum.
/// Blocks are LZMA2, with or without the x86 filter before it, as Linux kernels are. The source is exactly the stream: what follows it is an error.
/// </summary>
internal static class Xz
{
    private const int HeaderSize = 12;
    private const int FooterSize = 12;

    /// <summary>Bytes of workspace a decode takes.</summary>
    public const int WorkspaceSize = Lzma.ProbabilitiesSize + Crc32.TableSize + Crc64.TableSize;

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
        if (workspace.Length < WorkspaceSize)
            return ImageError.WorkspaceTooSmall;
        if (source.Length < HeaderSize + FooterSize)
            return ImageError.Truncated;
        var tools = new XzTools(workspace);
        ImageError error = ReadFrame(source, tools, out XzCheck check, out int indexStart);
        if (error != ImageError.None)
            return error;

        var index = new XzIndex(source.Slice(indexStart, source.Length - FooterSize - indexStart));
        if (!index.Open(tools.Crc32))
            return ImageError.CorruptXz;
        var blocks = new ByteReader(source.Slice(HeaderSize, indexStart - HeaderSize));
        while (blocks.Remaining > 0)
        {
            error = XzBlock.Decode(ref blocks, destination.Slice(written), tools, check, out XzRecord record);
            if (error != ImageError.None)
                return error;
            if (!index.Matches(record))
                return ImageError.CorruptXz;
            written += record.UncompressedSize;
        }
        return index.AtEnd ? ImageError.None : ImageError.CorruptXz;
    }

    /// <summary>Checks header and footer, which agree in their flags; the footer says where the index begins.</summary>
    private static ImageError ReadFrame(ReadOnlySpan<byte> source, XzTools tools, out XzCheck check, out int indexStart)
    {
        indexStart = 0;
        ReadOnlySpan<byte> header = source.Slice(0, HeaderSize);
        ReadOnlySpan<byte> footer = source.Slice(source.Length - FooterSize);
        check = (XzCheck)header[7];
        if (!header.StartsWith(Magic) || header[6] != 0)
            return ImageError.CorruptXz;
        if (footer[10] != (byte)'Y' || footer[11] != (byte)'Z')
            return ImageError.Truncated;
        var fields = new ByteReader(header.Slice(8));
        if (fields.UInt32() != tools.Crc32.Compute(header.Slice(6, 2)))
            return ImageError.BadChecksum;
        fields = new ByteReader(footer);
        if (fields.UInt32() != tools.Crc32.Compute(footer.Slice(4, 6)))
            return ImageError.BadChecksum;

        // Stored as words less one; a stream below 2 GiB cannot hold an index that needs the top bits.
        long indexSize = ((long)fields.UInt32() + 1) * 4;
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

/// <summary>The workspace, cut up: checksum tables first, then what LZMA needs.</summary>
internal readonly ref struct XzTools(Span<byte> workspace)
{
    public readonly Crc32 Crc32 = new(workspace);
    public readonly Crc64 Crc64 = new(workspace.Slice(Images.Crc32.TableSize));
    public readonly Span<byte> LzmaWorkspace = workspace.Slice(Images.Crc32.TableSize + Images.Crc64.TableSize);
}
