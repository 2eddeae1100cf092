using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Reads an XZ index alongside the blocks it describes, so that no list of blocks is kept. Each call is given the same index,
/// from its indicator to the end of its checksum.
/// </summary>
internal struct XzIndex
{
    private const int ChecksumSize = 4;

    private ByteReader _reader;
    private ulong _left;

    /// <summary>Checks the index's own checksum and reads how many records follow.</summary>
    public bool Open(ReadOnlySpan<byte> index, ReadOnlySpan<byte> workspace)
    {
        if (index.Length < 2 * ChecksumSize)
            return false;
        ReadOnlySpan<byte> body = Body(index);
        if (BinaryPrimitives.ReadUInt32LittleEndian(index.Slice(body.Length)) != Crc32.Compute(workspace, body))
            return false;
        bool marked = _reader.Byte(body) == 0;
        _left = _reader.VariableLength(body);
        return marked && !_reader.Failed;
    }

    /// <summary>Takes the next record; true when it gives these sizes in bytes: header, data and check without padding; output.</summary>
    public bool Matches(ReadOnlySpan<byte> index, int unpaddedSize, int outputSize)
    {
        if (_left == 0)
            return false;
        _left--;
        ReadOnlySpan<byte> body = Body(index);
        return _reader.VariableLength(body) == (ulong)unpaddedSize
            && _reader.VariableLength(body) == (ulong)outputSize
            && !_reader.Failed;
    }

    /// <summary>Whether every record has been taken and only zero padding to a multiple of four bytes follows.</summary>
    public bool AtEnd(ReadOnlySpan<byte> index)
    {
        int padding = _reader.Remaining(Body(index));
        return _left == 0 && padding <= 3 && _reader.Zeros(Body(index), padding);
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> index) => index.Slice(0, index.Length - ChecksumSize);
}
