using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>One block of an XZ stream: its header names the filters, then data, padding and check follow.</summary>
internal struct XzBlock
{
    private const ulong X86FilterId = 0x04;
    private const ulong Lzma2FilterId = 0x21;
    private const byte LargestDictionaryCode = 40;
    private const int ChecksumSize = 4;

    private bool _hasX86Filter;
    private uint _x86Origin;
    private ulong? _compressedSize;
    private ulong? _uncompressedSize;

    /// <summary>Bytes of header, data and check, without padding.</summary>
    public int UnpaddedSize { get; private set; }

    /// <summary>Bytes of output.</summary>
    public int OutputSize { get; private set; }

    /// <summary>Decodes the block at the reader's position to the head of <paramref name="destination"/>.</summary>
    /// <param name="reader">Advanced to behind the block.</param>
    /// <param name="source">What the reader reads.</param>
    /// <param name="destination">Receives the data.</param>
    /// <param name="workspace">The checksum tables.</param>
    /// <param name="lzmaWorkspace">At least <see cref="Lzma.ProbabilitiesSize"/> bytes.</param>
    /// <param name="check">The check that follows the data.</param>
    public ImageError Decode(
        ref ByteReader reader, ReadOnlySpan<byte> source, Span<byte> destination, ReadOnlySpan<byte> workspace,
        Span<byte> lzmaWorkspace, XzCheck check)
    {
        int start = reader.Position;
        ImageError error = ReadHeader(ref reader, source, workspace);
        if (error != ImageError.None)
            return error;
        int dataStart = reader.Position;
        error = Lzma2.Decode(ref reader, source, destination, lzmaWorkspace, out int written);
        if (error != ImageError.None)
            return error;
        int dataSize = reader.Position - dataStart;
        if ((_compressedSize is { } compressed && compressed != (ulong)dataSize)
            || (_uncompressedSize is { } uncompressed && uncompressed != (ulong)written))
            return ImageError.CorruptXz;

        int padding = -dataSize & 3;
        if (!reader.Zeros(source, padding))
            return ImageError.CorruptXz;
        Span<byte> data = destination.Slice(0, written);
        if (_hasX86Filter)
            X86Filter.Decode(data, _x86Origin);
        ulong expected = check switch
        {
            XzCheck.Crc32 => reader.UInt32(source),
            XzCheck.Crc64 => reader.UInt64(source),
            _ => 0,
        };
        OutputSize = written;
        UnpaddedSize = reader.Position - start - padding;
        if (reader.Failed)
            return ImageError.Truncated;
        return expected == Xz.Checksum(check, workspace, data) ? ImageError.None : ImageError.BadChecksum;
    }

    /// <summary>The first byte says the header's size in words less one; the last four are its checksum. There is a byte at least.</summary>
    private ImageError ReadHeader(ref ByteReader reader, ReadOnlySpan<byte> source, ReadOnlySpan<byte> workspace)
    {
        int size = (source[reader.Position] + 1) * 4;
        ReadOnlySpan<byte> header = reader.Bytes(source, size);
        if (reader.Failed || size < 2 * ChecksumSize)
            return ImageError.CorruptXz;
        ReadOnlySpan<byte> body = header.Slice(0, size - ChecksumSize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(body.Length)) != Crc32.Compute(workspace, body))
            return ImageError.BadChecksum;

        ByteReader fields = default;
        fields.Byte(body);
        byte flags = fields.Byte(body);
        if ((flags & 0x3C) != 0)
            return ImageError.CorruptXz;
        if ((flags & 0x40) != 0)
            _compressedSize = fields.VariableLength(body);
        if ((flags & 0x80) != 0)
            _uncompressedSize = fields.VariableLength(body);
        return ReadFilters(ref fields, body, (flags & 3) + 1);
    }

    /// <summary>Accepts LZMA2 alone, or the x86 filter with LZMA2 behind it; the rest of the header is zero.</summary>
    private ImageError ReadFilters(ref ByteReader fields, ReadOnlySpan<byte> body, int count)
    {
        if (count > 2)
            return ImageError.XzFilterNotSupported;
        if (count == 2)
        {
            if (fields.VariableLength(body) != X86FilterId)
                return ImageError.XzFilterNotSupported;
            _hasX86Filter = true;
            ulong propertiesSize = fields.VariableLength(body);
            if (propertiesSize is not (0 or 4))
                return ImageError.CorruptXz;
            _x86Origin = propertiesSize == 4 ? fields.UInt32(body) : 0;
        }
        if (fields.VariableLength(body) != Lzma2FilterId)
            return ImageError.XzFilterNotSupported;
        // The dictionary's size does not matter: the whole output is at hand.
        if (fields.VariableLength(body) != 1 || fields.Byte(body) > LargestDictionaryCode)
            return ImageError.CorruptXz;
        return fields.Zeros(body, fields.Remaining(body)) && !fields.Failed ? ImageError.None : ImageError.CorruptXz;
    }
}
