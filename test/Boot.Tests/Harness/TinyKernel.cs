using System.IO;
using System.Text;

namespace Serai.Boot.Tests.Harness;

/// <summary>
/// The smallest ELF that could be a paravirtual kernel: one page of <c>jmp .</c> and the notes of xen/public/elfnote.h, each of which
/// a test can spoil.
/// </summary>
public sealed record TinyKernel
{
    private const ulong VirtualBase = 0xffff_ffff_8000_0000, LoadAddress = 0x100000;
    private const int HeaderSize = 64, ProgramHeaderSize = 56, CodeOffset = 0x1000, CodeSize = 0x1000;

    /// <summary>Whether there are notes at all.</summary>
    public bool HasNotes { get; init; } = true;

    /// <summary>XEN_ELFNOTE_FEATURES; an exclamation mark before a name asks for it.</summary>
    public string Features { get; init; } = "";

    /// <summary>XEN_ELFNOTE_LOADER.</summary>
    public string Loader { get; init; } = "generic";

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        byte[] notes = HasNotes ? Notes() : [];
        var stream = new MemoryStream();
        using var file = new BinaryWriter(stream);
        WriteHeader(file, programHeaders: (ushort)(HasNotes ? 2 : 1));
        WriteProgramHeader(file, type: 1, flags: 7, CodeOffset, VirtualBase + LoadAddress, LoadAddress, CodeSize);
        if (HasNotes)
            WriteProgramHeader(file, type: 4, flags: 4, CodeOffset + CodeSize, 0, 0, (ulong)notes.Length);
        file.Write(new byte[CodeOffset - stream.Position]);
        file.Write([0xeb, 0xfe]);
        file.Write(new byte[CodeOffset + CodeSize - stream.Position]);
        file.Write(notes);
        return stream.ToArray();
    }

    private static void WriteHeader(BinaryWriter file, ushort programHeaders)
    {
        file.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.Write((ushort)2);
        file.Write((ushort)62);
        file.Write(1u);
        file.Write(LoadAddress);
        file.Write((ulong)HeaderSize);
        file.Write(0ul);
        file.Write(0u);
        file.Write((ushort)HeaderSize);
        file.Write((ushort)ProgramHeaderSize);
        file.Write(programHeaders);
        file.Write((ushort)64);
        file.Write(0u);
    }

    private static void WriteProgramHeader(BinaryWriter file, uint type, uint flags, ulong offset, ulong address, ulong physical, ulong size)
    {
        file.Write(type);
        file.Write(flags);
        file.Write(offset);
        file.Write(address);
        file.Write(physical);
        file.Write(size);
        file.Write(size);
        file.Write(0x1000ul);
    }

    private byte[] Notes()
    {
        var stream = new MemoryStream();
        using var notes = new BinaryWriter(stream);
        WriteNote(notes, 1, Number(VirtualBase + LoadAddress));
        WriteNote(notes, 3, Number(VirtualBase));
        WriteNote(notes, 4, Number(0));
        WriteNote(notes, 5, Text("xen-3.0"));
        WriteNote(notes, 6, Text("tiny"));
        WriteNote(notes, 8, Text(Loader));
        WriteNote(notes, 10, Text(Features));
        return stream.ToArray();
    }

    private static void WriteNote(BinaryWriter notes, uint type, byte[] content)
    {
        notes.Write(4u);
        notes.Write((uint)content.Length);
        notes.Write(type);
        notes.Write("Xen\0"u8);
        notes.Write(content);
        notes.Write(new byte[-content.Length & 3]);
    }

    private static byte[] Number(ulong value) => System.BitConverter.GetBytes(value);

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text + "\0");
}
