using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace Serai.Symbols;

/// <summary>Reads DWARF's encodings one after the other; running off the end is an InvalidDataException.</summary>
public ref struct ByteReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>Takes the next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)rest.Length)
            throw new InvalidDataException("debug information ends too early");
        ReadOnlySpan<byte> taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    /// <summary>Takes a byte.</summary>
    public byte Byte() => Bytes(1)[0];

    /// <summary>Takes a 16-bit number.</summary>
    public ushort Word() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    /// <summary>Takes a 32-bit number.</summary>
    public uint Double() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>Takes a 64-bit number.</summary>
    public ulong Quad() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>Takes an unsigned LEB128 number.</summary>
    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            if (shift < 64)
                value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }

    /// <summary>Takes a signed LEB128 number.</summary>
    public long Signed()
    {
        long value = 0;
        int shift = 0;
        byte next;
        do
        {
            next = Byte();
            if (shift < 64)
                value |= (long)(next & 0x7f) << shift;
            shift += 7;
        }
        while (next >= 0x80);
        return shift < 64 && (next & 0x40) != 0 ? value | (-1L << shift) : value;
    }

    /// <summary>Takes a NUL-terminated text.</summary>
    public string Text()
    {
        int end = rest.IndexOf((byte)0);
        if (end < 0)
            throw new InvalidDataException("debug information ends within a name");
        return Encoding.UTF8.GetString(Bytes((ulong)end + 1)[..^1]);
    }
}
