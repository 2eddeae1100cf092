using System;

namespace Serai.Hypervisor.Images;

/// <summary>Why a boot module could not be turned into a loadable kernel; <see cref="ImageErrors.Text"/> words it.</summary>
public enum ImageError
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>The module ends before its own structures do.</summary>
    Truncated,
    /// <summary>Neither a bzImage nor an ELF file, plain or under gzip.</summary>
    UnknownFormat,
    /// <summary>A bzImage of a boot protocol before 2.08, which has no payload fields.</summary>
    OldBootProtocol,
    /// <summary>The setup header describes no payload.</summary>
    BadSetupHeader,
    /// <summary>The payload begins with no known magic.</summary>
    UnknownCompression,
    /// <summary>A known compression that is not implemented: bzip2, LZMA alone, LZO.</summary>
    CompressionNotSupported,
    /// <summary>The announced uncompressed size is zero or absurd.</summary>
    SizeOutOfRange,
    /// <summary>The caller's destination span holds less than the stream yields.</summary>
    DestinationTooSmall,
    /// <summary>The caller's workspace is smaller than <see cref="KernelImage.WorkspaceSize"/>.</summary>
    WorkspaceTooSmall,
    /// <summary>The stream yields fewer or more bytes than announced.</summary>
    SizeMismatch,
    /// <summary>A checksum does not agree with its data.</summary>
    BadChecksum,
    /// <summary>The XZ container is malformed.</summary>
    CorruptXz,
    /// <summary>An XZ integrity check other than none, CRC32 and CRC64.</summary>
    XzCheckNotSupported,
    /// <summary>An XZ filter chain other than LZMA2 or x86 and LZMA2.</summary>
    XzFilterNotSupported,
    /// <summary>LZMA2 data are malformed.</summary>
    CorruptLzma,
    /// <summary>The gzip container or its deflate data are malformed.</summary>
    CorruptGzip,
    /// <summary>The LZ4 frame or a block of it is malformed.</summary>
    CorruptLz4,
    /// <summary>The zstd frame or a block of it is malformed.</summary>
    CorruptZstd,
    /// <summary>A zstd stream that needs a dictionary.</summary>
    ZstdNotSupported,
    /// <summary>Not a 64-bit little-endian x86-64 executable.</summary>
    NotElf64,
    /// <summary>The ELF header or its program header table is malformed.</summary>
    BadElfHeader,
    /// <summary>A program header reaches outside the file or wraps around the address space.</summary>
    BadElfSegment,
    /// <summary>The ELF file has nothing to load.</summary>
    NothingToLoad,
    /// <summary>The ELF file has no notes of owner "Xen".</summary>
    NoXenNotes,
    /// <summary>A note is malformed or has a value that cannot be.</summary>
    BadXenNote,
    /// <summary>The LOADER or XEN_VERSION note asks for an interface we are not.</summary>
    WrongInterface,
    /// <summary>The kernel requests a feature we do not offer.</summary>
    FeatureMissing,
    /// <summary>The entry point or the hypercall page lies outside the loaded image.</summary>
    AddressOutsideImage,
}

/// <summary>The words for <see cref="ImageError"/>.</summary>
public static class ImageErrors
{
    /// <summary>One line of ASCII without a newline that says what is wrong with the image.</summary>
    public static ReadOnlySpan<byte> Text(this ImageError error) => error switch
    {
        ImageError.None => "no error"u8,
        ImageError.Truncated => "image is truncated"u8,
        ImageError.UnknownFormat => "neither a bzImage nor an ELF file"u8,
        ImageError.OldBootProtocol => "bzImage of a boot protocol older than 2.08"u8,
        ImageError.BadSetupHeader => "bzImage setup header describes no payload"u8,
        ImageError.UnknownCompression => "payload of unknown compression"u8,
        ImageError.CompressionNotSupported => "kernel compressed with bzip2, LZMA or LZO: not supported"u8,
        ImageError.SizeOutOfRange => "announced uncompressed size is zero or too large"u8,
        ImageError.DestinationTooSmall => "uncompressed data exceed the destination"u8,
        ImageError.WorkspaceTooSmall => "workspace for decompression is too small"u8,
        ImageError.SizeMismatch => "uncompressed size differs from the announced one"u8,
        ImageError.BadChecksum => "checksum mismatch"u8,
        ImageError.CorruptXz => "XZ container is corrupt"u8,
        ImageError.XzCheckNotSupported => "XZ integrity check other than none, CRC32 or CRC64: not supported"u8,
        ImageError.XzFilterNotSupported => "XZ filter other than x86 and LZMA2: not supported"u8,
        ImageError.CorruptLzma => "LZMA2 data are corrupt"u8,
        ImageError.CorruptGzip => "gzip data are corrupt"u8,
        ImageError.CorruptLz4 => "LZ4 data are corrupt"u8,
        ImageError.CorruptZstd => "zstd data are corrupt"u8,
        ImageError.ZstdNotSupported => "zstd stream with a dictionary: not supported"u8,
        _ => ElfText(error),
    };

    private static ReadOnlySpan<byte> ElfText(ImageError error) => error switch
    {
        ImageError.NotElf64 => "not a 64-bit x86-64 ELF executable"u8,
        ImageError.BadElfHeader => "ELF header is malformed"u8,
        ImageError.BadElfSegment => "ELF segment lies outside the file or the address space"u8,
        ImageError.NothingToLoad => "ELF file has no segment to load"u8,
        ImageError.NoXenNotes => "kernel has no Xen notes: not built for Xen PV"u8,
        ImageError.BadXenNote => "kernel has a malformed Xen note"u8,
        ImageError.WrongInterface => "kernel wants a loader other than generic or an interface other than xen-3.0"u8,
        ImageError.FeatureMissing => "kernel requests a feature that is not offered"u8,
        ImageError.AddressOutsideImage => "entry point or hypercall page lies outside the kernel image"u8,
        _ => "unknown image error"u8,
    };
}
