using System;
using System.Buffers.Binary;

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
    public byte Byte(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> bytes = Bytes(source, 1);
        return bytes.Length == 1 ? bytes[0] : (byte)0;
    }

    /// <summary>The next two bytes.</summary>
    public ushort UInt16(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> bytes = Bytes(source, 2);
        return bytes.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
    }

    /// <summary>The next four bytes.</summary>
    public uint UInt32(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> bytes = Bytes(source, 4);
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
    }

    /// <summary>The next eight bytes.</summary>
    public ulong UInt64(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> bytes = Bytes(source, 8);
        return bytes.Length == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
    }

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
}
