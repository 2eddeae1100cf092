using System;

namespace Serai.Hypervisor.Images;

/// <summary>How a kernel is packed.</summary>
public enum Compression
{
    None,
    Gzip,
    Xz,
    Lz4,
    Zstd,
    Bzip2,
    Lzma,
    Lzo,
    Unknown,
}

/// <summary>Tells compressions apart by the first bytes of their streams.</summary>
internal static class CompressionMagic
{
    private static ReadOnlySpan<byte> LzoMagic => [0x89, (byte)'L', (byte)'Z', (byte)'O', 0, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The compression of <paramref name="stream"/>; <see cref="Compression.Unknown"/> when no magic fits.</summary>
    public static Compression Recognize(ReadOnlySpan<byte> stream) => stream switch
    {
        [0x1F, 0x8B, ..] => Compression.Gzip,
        [0x02, 0x21, 0x4C, 0x18, ..] => Compression.Lz4,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Compression.Zstd,
        [(byte)'B', (byte)'Z', (byte)'h', ..] => Compression.Bzip2,
        [0x5D, 0, 0, ..] => Compression.Lzma,
        _ when stream.StartsWith(Xz.Magic) => Compression.Xz,
        _ when stream.StartsWith(LzoMagic) => Compression.Lzo,
        _ => Compression.Unknown,
    };

    /// <summary>Decodes <paramref name="stream"/> to the head of <paramref name="destination"/>.</summary>
    /// <param name="compression">What <see cref="Recognize"/> said.</param>
    /// <param name="stream">Exactly the stream.</param>
    /// <param name="destination">Receives the data.</param>
    /// <param name="workspace">At least <see cref="KernelImage.WorkspaceSize"/> bytes, aligned to 8.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(
        Compression compression, ReadOnlySpan<byte> stream, Span<byte> destination, Span<byte> workspace, out int written)
    {
        written = 0;
        return compression switch
        {
            Compression.Xz => Xz.Decode(stream, destination, workspace, out written),
            Compression.Gzip => Gzip.Decode(stream, destination, workspace, out written),
            Compression.Lz4 => Lz4.Decode(stream, destination, out written),
            Compression.Zstd => Zstd.Decode(stream, destination, workspace, out written),
            _ => ImageError.CompressionNotSupported,
        };
    }
}
