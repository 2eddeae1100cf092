using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// A boot module on its way to becoming a domain's kernel, in three steps: <see cref="Open"/> looks at the container and says
/// how much room the kernel takes, <see cref="Decompress"/> yields its ELF file, <see cref="KernelDescription.Read"/> says what to load where.
/// Accepted are a bzImage, an ELF file, and an ELF file under gzip.
/// </summary>
public struct KernelImage
{
    /// <summary>Bytes of workspace that <see cref="Decompress"/> takes, whatever the compression.</summary>
    public const int WorkspaceSize = 256 * 1024;

    /// <summary>The largest uncompressed kernel that is believed, in bytes. Debian's is 66 MB; allyesconfig stays below this.</summary>
    public const int LargestKernel = 512 * 1024 * 1024;

    private const int SizeField = sizeof(uint);

    private int _streamOffset;
    private int _streamSize;

    /// <summary>How the kernel is packed.</summary>
    public Compression Compression { get; private set; }

    /// <summary>Bytes of destination that <see cref="Decompress"/> needs; zero when the module is a plain ELF file and is used in place.</summary>
    public int DestinationSize { get; private set; }

    /// <summary>Recognises <paramref name="module"/>.</summary>
    public static ImageError Open(ReadOnlySpan<byte> module, out KernelImage image)
    {
        image = default;
        if (Elf.Recognize(module))
            return ImageError.None;
        if (CompressionMagic.Recognize(module) == Compression.Gzip)
            return image.OpenStream(module, 0, module.Length);
        if (!BzImage.Recognize(module))
            return ImageError.UnknownFormat;
        ImageError error = BzImage.FindPayload(module, out int offset, out int size);
        return error != ImageError.None ? error : image.OpenStream(module, offset, size);
    }

    /// <summary>
    /// Unpacks the kernel to exactly the first <see cref="DestinationSize"/> bytes of <paramref name="destination"/>;
    /// on an error what is there means nothing. <see cref="File"/> is the result.
    /// </summary>
    /// <param name="module">The module that was opened.</param>
    /// <param name="destination">At least <see cref="DestinationSize"/> bytes.</param>
    /// <param name="workspace">At least <see cref="WorkspaceSize"/> bytes, aligned to 8; free again afterwards.</param>
    public readonly ImageError Decompress(ReadOnlySpan<byte> module, Span<byte> destination, Span<byte> workspace)
    {
        if (Compression == Compression.None)
            return ImageError.None;
        if (destination.Length < DestinationSize)
            return ImageError.DestinationTooSmall;
        if (workspace.Length < WorkspaceSize)
            return ImageError.WorkspaceTooSmall;
        ReadOnlySpan<byte> stream = module.Slice(_streamOffset, _streamSize);
        ImageError error = CompressionMagic.Decode(Compression, stream, destination.Slice(0, DestinationSize), workspace, out int written);
        // The stream holds more than it announces: the fault is the image's, not the caller's.
        if (error == ImageError.DestinationTooSmall || (error == ImageError.None && written != DestinationSize))
            return ImageError.SizeMismatch;
        return error;
    }

    /// <summary>The ELF file, once unpacked: in the destination, or the module itself. Relocation data of the kernel's build may follow it.</summary>
    public readonly ReadOnlySpan<byte> File(ReadOnlySpan<byte> module, ReadOnlySpan<byte> destination) =>
        Compression == Compression.None ? module : destination.Slice(0, DestinationSize);

    /// <summary>
    /// The last four bytes say the uncompressed size. The kernel's build appends them, except to gzip, which ends with them by itself.
    /// </summary>
    private ImageError OpenStream(ReadOnlySpan<byte> module, int offset, int size)
    {
        ReadOnlySpan<byte> stream = module.Slice(offset, size);
        Compression compression = CompressionMagic.Recognize(stream);
        if (compression == Compression.Unknown)
            return ImageError.UnknownCompression;
        if (compression is Compression.Bzip2 or Compression.Lzma or Compression.Lzo)
            return ImageError.CompressionNotSupported;
        if (size < SizeField)
            return ImageError.Truncated;
        uint announced = BinaryPrimitives.ReadUInt32LittleEndian(stream.Slice(size - SizeField));
        if (announced is 0 or > LargestKernel)
            return ImageError.SizeOutOfRange;
        Compression = compression;
        DestinationSize = (int)announced;
        _streamOffset = offset;
        _streamSize = compression == Compression.Gzip ? size : size - SizeField;
        return ImageError.None;
    }
}
