using System;

namespace Serai.Hypervisor.Images;

/// <summary>What the index records of one block, in bytes: the size without padding of header, data and check; the size of its output.</summary>
internal readonly struct XzRecord(int unpaddedSize, int uncompressedSize)
{
    public readonly int UnpaddedSize = unpaddedSize;
    public readonly int UncompressedSize = uncompressedSize;
}

/// <summary>Reads an XZ index alongside the blocks it describes, so that no list of blocks is kept.</summary>
internal ref struct XzIndex(ReadOnlySpan<byte> index)
{
    private const int ChecksumSize = 4;

    private readonly ReadOnlySpan<byte> _index = index;
    private ByteReader _records;
    private ulong _left;

    /// <summary>Checks the index's own checksum and reads how many records follow.</summary>
    public bool Open(Crc32 crc32)
    {
        if (_index.Length < 2 * ChecksumSize)
            return false;
        int bodySize = _index.Length - ChecksumSize;
        var checksum = new ByteReader(_index.Slice(bodySize));
        _records = new ByteReader(_index.Slice(0, bodySize));
        if (checksum.UInt32() != crc32.Compute(_index.Slice(0, bodySize)))
            return false;
        bool marked = _records.Byte() == 0;
        _left = _records.VariableLength();
        return marked && !_records.Failed;
    }

    /// <summary>Takes the next record; true when it says the same as the block just decoded.</summary>
    public bool Matches(XzRecord block)
    {
        if (_left == 0)
            return false;
        _left--;
        return _records.VariableLength() == (ulong)block.UnpaddedSize
            && _records.VariableLength() == (ulong)block.UncompressedSize
            && !_records.Failed;
    }

    /// <summary>Whether every record has been taken and only zero padding to a multiple of four bytes follows.</summary>
    public bool AtEnd
    {
        get
        {
            if (_left != 0 || _records.Remaining > 3)
                return false;
            foreach (byte padding in _records.Rest)
            {
                if (padding != 0)
                    return false;
            }
            return true;
        }
    }
}
