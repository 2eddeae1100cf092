using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>Makes small ELF files and bzImages, right ones and wrong ones.</summary>
internal static class Elfs
{
    public const ulong LoadAddress = 0x100000;
    public const int LoadSize = 0x3000;

    private const int HeadersSize = 64 + 2 * 56;

    /// <summary>An ELF64 with one segment of <see cref="LoadSize"/> at <see cref="LoadAddress"/> (physical and virtual) and one of notes.</summary>
    public static byte[] Minimal(params byte[][] notes)
    {
        byte[] noteBytes = notes.SelectMany(note => note).ToArray();
        byte[] file = new byte[HeadersSize + noteBytes.Length + LoadSize];
        noteBytes.CopyTo(file, HeadersSize);
        ReadOnlySpan<byte> identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(file);
        UInt16(file, 16, 2);
        UInt16(file, 18, 62);
        UInt64(file, 24, LoadAddress);
        UInt64(file, 32, 64);
        UInt16(file, 54, 56);
        UInt16(file, 56, 2);
        ProgramHeader(file.AsSpan(64), 1, HeadersSize + noteBytes.Length, LoadAddress, LoadSize);
        ProgramHeader(file.AsSpan(120), 4, HeadersSize, 0, noteBytes.Length);
        for (int index = 0; index < LoadSize; index++)
            file[^(index + 1)] = (byte)(index * index >> 5);
        return file;
    }

    /// <summary>The same file with one section, and its header at the end.</summary>
    public static byte[] WithSection(byte[] file, uint type, byte[] content)
    {
        byte[] header = new byte[64];
        UInt32(header, 4, type);
        UInt64(header, 24, (ulong)file.Length);
        UInt64(header, 32, (ulong)content.Length);
        byte[] whole = [.. file, .. content, .. header];
        UInt64(whole, 40, (ulong)(file.Length + content.Length));
        UInt16(whole, 58, 64);
        UInt16(whole, 60, 1);
        return whole;
    }

    public static byte[] StringNote(uint type, string text) => Note(type, Encoding.ASCII.GetBytes(text + "\0"));

    public static byte[] NumberNote(uint type, ulong value) => Note(type, BitConverter.GetBytes(value));

    public static byte[] Note(uint type, byte[] value, string owner = "Xen\0")
    {
        byte[] note = new byte[12 + (owner.Length + 3) / 4 * 4 + (value.Length + 3) / 4 * 4];
        UInt32(note, 0, (uint)owner.Length);
        UInt32(note, 4, (uint)value.Length);
        UInt32(note, 8, type);
        Encoding.ASCII.GetBytes(owner).CopyTo(note, 12);
        value.CopyTo(note, 12 + (owner.Length + 3) / 4 * 4);
        return note;
    }

    /// <summary>A bzImage of protocol 2.15 around a compressed kernel.</summary>
    public static byte[] BzImage(byte[] stream, int uncompressedSize, bool appendSize)
    {
        byte[] payload = appendSize ? [.. stream, .. BitConverter.GetBytes(uncompressedSize)] : stream;
        byte[] file = new byte[1024 + 0x100 + payload.Length + 40];
        file[0x1F1] = 1;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        UInt16(file, 0x206, 0x020F);
        UInt32(file, 0x248, 0x100);
        UInt32(file, 0x24C, (uint)payload.Length);
        payload.CopyTo(file, 1024 + 0x100);
        return file;
    }

    public static void UInt16(Span<byte> file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file[at..], value);

    public static void UInt32(Span<byte> file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file[at..], value);

    public static void UInt64(Span<byte> file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file[at..], value);

    private static void ProgramHeader(Span<byte> header, uint type, int offset, ulong address, int size)
    {
        UInt32(header, 0, type);
        UInt32(header, 4, 5);
        UInt64(header, 8, (ulong)offset);
        UInt64(header, 16, address);
        UInt64(header, 24, address);
        UInt64(header, 32, (ulong)size);
        UInt64(header, 40, (ulong)size);
    }
}
