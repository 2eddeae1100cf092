using System;

namespace Serai.Hypervisor.Images;

/// <summary>Decodes one block of an XZ stream: its header names the filters, then data, padding and check follow.</summary>
internal static class XzBlock
{
    private const ulong X86FilterId = 0x04;
    private const ulong Lzma2FilterId = 0x21;
    private const byte LargestDictionaryCode = 40;

    /// <summary>Decodes the block at the head of <paramref name="source"/> and advances to behind it.</summary>
    public static ImageError Decode(ref ByteReader source, Span<byte> destination, XzTools tools, XzCheck check, out XzRecord record)
    {
        record = default;
        int start = source.Position;
        ImageError error = ReadHeader(ref source, tools.Crc32, out XzBlockHeader header);
        if (error != ImageError.None)
            return error;
        int dataStart = source.Position;
        error = Lzma2.Decode(ref source, destination, tools.LzmaWorkspace, out int written);
        if (error != ImageError.None)
            return error;
        int dataSize = source.Position - dataStart;
        if (!header.Agrees(dataSize, written))
            return ImageError.CorruptXz;

        int padding = -dataSize & 3;
        for (int count = 0; count < padding; count++)
        {
            if (source.Byte() != 0)
                return ImageError.CorruptXz;
        }
        Span<byte> data = destination.Slice(0, written);
        if (header.HasX86Filter)
            X86Filter.Decode(data, header.X86Origin);
        error = Verify(ref source, data, tools, check);
        record = new XzRecord(source.Position - start - padding, written);
        return error;
    }

    private static ImageError Verify(ref ByteReader source, ReadOnlySpan<byte> data, XzTools tools, XzCheck check)
    {
        bool good = check switch
        {
            XzCheck.Crc32 => source.UInt32() == tools.Crc32.Compute(data),
            XzCheck.Crc64 => source.UInt64() == tools.Crc64.Compute(data),
            _ => true,
        };
        if (source.Failed)
            return ImageError.Truncated;
        return good ? ImageError.None : ImageError.BadChecksum;
    }

    private static ImageError ReadHeader(ref ByteReader source, Crc32 crc32, out XzBlockHeader header)
    {
        header = default;
        ReadOnlySpan<byte> rest = source.Rest;
        int size = (rest[0] + 1) * 4;
        ReadOnlySpan<byte> bytes = source.Bytes(size);
        if (source.Failed || size < 8)
            return ImageError.CorruptXz;
        var checksum = new ByteReader(bytes.Slice(size - 4));
        if (checksum.UInt32() != crc32.Compute(bytes.Slice(0, size - 4)))
            return ImageError.BadChecksum;

        var fields = new ByteReader(bytes.Slice(1, size - 5));
        byte flags = fields.Byte();
        if ((flags & 0x3C) != 0)
            return ImageError.CorruptXz;
        header.HasCompressedSize = (flags & 0x40) != 0;
        header.CompressedSize = header.HasCompressedSize ? fields.VariableLength() : 0;
        header.HasUncompressedSize = (flags & 0x80) != 0;
        header.UncompressedSize = header.HasUncompressedSize ? fields.VariableLength() : 0;
        return ReadFilters(ref fields, (flags & 3) + 1, ref header);
    }

    /// <summary>Accepts LZMA2 alone, or the x86 filter with LZMA2 behind it; the rest of the header is zero.</summary>
    private static ImageError ReadFilters(ref ByteReader fields, int count, ref XzBlockHeader header)
    {
        if (count > 2)
            return ImageError.XzFilterNotSupported;
        if (count == 2)
        {
            if (fields.VariableLength() != X86FilterId)
                return ImageError.XzFilterNotSupported;
            header.HasX86Filter = true;
            ulong propertiesSize = fields.VariableLength();
            if (propertiesSize is not (0 or 4))
                return ImageError.CorruptXz;
            header.X86Origin = propertiesSize == 4 ? fields.UInt32() : 0;
        }
        if (fields.VariableLength() != Lzma2FilterId)
            return ImageError.XzFilterNotSupported;
        // The dictionary's size does not matter: the whole output is at hand.
        if (fields.VariableLength() != 1 || fields.Byte() > LargestDictionaryCode)
            return ImageError.CorruptXz;
        foreach (byte padding in fields.Rest)
        {
            if (padding != 0)
                return ImageError.CorruptXz;
        }
        return fields.Failed ? ImageError.CorruptXz : ImageError.None;
    }
}

/// <summary>What a block's header says.</summary>
internal struct XzBlockHeader
{
    public bool HasCompressedSize;
    public bool HasUncompressedSize;
    public bool HasX86Filter;
    public uint X86Origin;
    public ulong CompressedSize;
    public ulong UncompressedSize;

    /// <summary>Whether the sizes, where given, are those found.</summary>
    public readonly bool Agrees(int compressedSize, int uncompressedSize) =>
        (!HasCompressedSize || CompressedSize == (ulong)compressedSize)
        && (!HasUncompressedSize || UncompressedSize == (ulong)uncompressedSize);
}
