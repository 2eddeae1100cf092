using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// A boot module on its way to becoming a domain's kernel, in three steps: <see cref="Open"/> looks at the container and says
/// how much room the kernel takes, <see cref="Decompress"/> yields its ELF file, <see cref="KernelDescription.Read"/> says what to load where.
/// Accepted are a bzImage, an ELF file, and an ELF file under gzip.
/// </summary>
public readonly ref struct KernelImage
{
    /// <summary>Bytes of workspace that <see cref="Decompress"/> takes, whatever the compression.</summary>
    public const int WorkspaceSize = 256 * 1024;

    /// <summary>The largest uncompressed kernel that is believed, in bytes. Debian's is 66 MB; allyesconfig stays below this.</summary>
    public const int LargestKernel = 512 * 1024 * 1024;

    private const int SizeField = sizeof(uint);

    private readonly ReadOnlySpan<byte> _stream;

    private KernelImage(Compression compression, ReadOnlySpan<byte> stream, int destinationSize)
    {
        Compression = compression;
        DestinationSize = destinationSize;
        _stream = stream;
    }

    /// <summary>How the kernel is packed.</summary>
    public Compression Compression { get; }

    /// <summary>Bytes of destination that <see cref="Decompress"/> needs; zero when the module is a plain ELF file and is used in place.</summary>
    public int DestinationSize { get; }

    /// <summary>Recognises <paramref name="module"/>, which stays in use until the kernel is loaded.</summary>
    public static ImageError Open(ReadOnlySpan<byte> module, out KernelImage image)
    {
        image = default;
        if (Elf.Recognize(module))
        {
            image = new KernelImage(Compression.None, module, 0);
            return ImageError.None;
        }
        if (CompressionMagic.Recognize(module) == Compression.Gzip)
            return OpenStream(module, Compression.Gzip, out image);
        if (!BzImage.Recognize(module))
            return ImageError.UnknownFormat;
        ImageError error = BzImage.FindPayload(module, out ReadOnlySpan<byte> payload);
        return error != ImageError.None ? error : OpenStream(payload, CompressionMagic.Recognize(payload), out image);
    }

    /// <summary>
    /// Unpacks the kernel. Output is exactly <see cref="DestinationSize"/> bytes at the head of <paramref name="destination"/>;
    /// on an error what is there means nothing.
    /// </summary>
    /// <param name="destination">At least <see cref="DestinationSize"/> bytes.</param>
    /// <param name="workspace">At least <see cref="WorkspaceSize"/> bytes, aligned to 8; free again afterwards.</param>
    /// <param name="elf">The ELF file (relocation data of the build may follow it): in the destination, or the module itself.</param>
    public ImageError Decompress(Span<byte> destination, Span<byte> workspace, out ReadOnlySpan<byte> elf)
    {
        elf = default;
        if (Compression == Compression.None)
        {
            elf = _stream;
            return ImageError.None;
        }
        if (destination.Length < DestinationSize)
            return ImageError.DestinationTooSmall;
        if (workspace.Length < WorkspaceSize)
            return ImageError.WorkspaceTooSmall;
        Span<byte> output = destination.Slice(0, DestinationSize);
        ImageError error = CompressionMagic.Decode(Compression, _stream, output, workspace, out int written);
        // The stream holds more than it announces: the fault is the image's, not the caller's.
        if (error == ImageError.DestinationTooSmall || (error == ImageError.None && written != DestinationSize))
            return ImageError.SizeMismatch;
        elf = output;
        return error;
    }

    /// <summary>
    /// The last four bytes say the uncompressed size. The kernel's build appends them, except to gzip, which ends with them by itself.
    /// </summary>
    private static ImageError OpenStream(ReadOnlySpan<byte> stream, Compression compression, out KernelImage image)
    {
        image = default;
        if (compression == Compression.Unknown)
            return ImageError.UnknownCompression;
        if (compression is Compression.Bzip2 or Compression.Lzma or Compression.Lzo)
            return ImageError.CompressionNotSupported;
        if (stream.Length < SizeField)
            return ImageError.Truncated;
        int end = stream.Length - SizeField;
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(stream.Slice(end));
        if (size is 0 or > LargestKernel)
            return ImageError.SizeOutOfRange;
        ReadOnlySpan<byte> data = compression == Compression.Gzip ? stream : stream.Slice(0, end);
        image = new KernelImage(compression, data, (int)size);
        return ImageError.None;
    }
}
