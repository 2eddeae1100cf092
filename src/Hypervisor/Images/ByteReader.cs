using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Reads little-endian numbers from hostile bytes. A read past the end yields zero and sets <see cref="Failed"/> for good,
/// so a parser may read a whole structure and ask once. The bytes are given to each call, always the same ones: a struct that held them
/// would have to be zeroed where it lies on the stack, and the compiler zeroes with vector registers, which are the guest's.
/// </summary>
internal struct ByteReader
{
    /// <summary>Offset in bytes of the next read; never beyond the source's length.</summary>
    public int Position { get; private set; }

    /// <summary>A read went past the end, or a variable-length number was malformed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes that are left.</summary>
    public readonly int Remaining(ReadOnlySpan<byte> source) => source.Length - Position;

    /// <summary>All that is left, without consuming it.</summary>
    public readonly ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> source) => source.Slice(Position);

    /// <summary>The next byte.</summary>
    public byte Byte(ReadOnlySpan<byte> source) => (byte)Number(source, 1);

    /// <summary>The next two bytes.</summary>
    public ushort UInt16(ReadOnlySpan<byte> source) => (ushort)Number(source, 2);

    /// <summary>The next four bytes.</summary>
    public uint UInt32(ReadOnlySpan<byte> source) => (uint)Number(source, 4);

    /// <summary>The next eight bytes.</summary>
    public ulong UInt64(ReadOnlySpan<byte> source) => Number(source, 8);

    /// <summary>The next <paramref name="count"/> bytes, or an empty span when there are fewer (or the count is negative).</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> source, int count)
    {
        if (Failed || count < 0 || count > source.Length - Position)
        {
            Failed = true;
            return default;
        }
        ReadOnlySpan<byte> bytes = source.Slice(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>Takes the next <paramref name="count"/> bytes, which are padding: false when one that is there is not zero.</summary>
    public bool Zeros(ReadOnlySpan<byte> source, int count)
    {
        foreach (byte value in Bytes(source, count))
        {
            if (value != 0)
                return false;
        }
        return true;
    }

    /// <summary>A number in 7-bit groups, low group first, of at most 9 bytes (.xz format 1.2); not in its shortest form is a failure.</summary>
    public ulong VariableLength(ReadOnlySpan<byte> source)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte part = Byte(source);
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                Failed |= part == 0 && shift > 0;
                return value;
            }
        }
        Failed = true;
        return 0;
    }

    private ulong Number(ReadOnlySpan<byte> source, int size)
    {
        ReadOnlySpan<byte> bytes = Bytes(source, size);
        ulong value = 0;
        for (int place = bytes.Length; place > 0; place--)
            value = value << 8 | bytes[place - 1];
        return value;
    }
}
