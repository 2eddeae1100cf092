using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// An ELF64 executable for x86-64 (System V ABI, ch. 4 and 5). <see cref="Open"/> checks every program header once, in 64 bits;
/// enumeration afterwards cannot fail and its offsets are safe to slice the file with.
/// </summary>
public readonly ref struct Elf
{
    private const int HeaderSize = 64;
    private const ushort TypeExecutable = 2;
    private const ushort TypeDynamic = 3;
    private const ushort MachineX64 = 62;

    private readonly ReadOnlySpan<byte> _programHeaders;

    private Elf(ReadOnlySpan<byte> file, ReadOnlySpan<byte> programHeaders, ulong entry)
    {
        File = file;
        Entry = entry;
        _programHeaders = programHeaders;
    }

    /// <summary>The whole file.</summary>
    public ReadOnlySpan<byte> File { get; }

    /// <summary>The header's entry point, a virtual address; a Xen ENTRY note overrides it.</summary>
    public ulong Entry { get; }

    /// <summary>What is to be loaded, in the file's order; segments without memory are left out.</summary>
    public ElfSegments LoadSegments => new(_programHeaders, ElfSegmentType.Load);

    /// <summary>Where the notes are.</summary>
    public ElfSegments NoteSegments => new(_programHeaders, ElfSegmentType.Note);

    /// <summary>Whether <paramref name="file"/> begins with the magic of ELF.</summary>
    public static bool Recognize(ReadOnlySpan<byte> file) => file is [0x7F, (byte)'E', (byte)'L', (byte)'F', ..];

    /// <summary>Checks header and program headers of <paramref name="file"/>.</summary>
    public static ImageError Open(ReadOnlySpan<byte> file, out Elf elf)
    {
        elf = default;
        if (!Recognize(file))
            return ImageError.NotElf64;
        if (file.Length < HeaderSize)
            return ImageError.Truncated;
        // Class 64, little-endian, version 1.
        if (file[4] != 2 || file[5] != 1 || file[6] != 1)
            return ImageError.NotElf64;
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(16));
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(18));
        if (machine != MachineX64 || type is not (TypeExecutable or TypeDynamic))
            return ImageError.NotElf64;

        ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(24));
        ulong tableOffset = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(32));
        ushort entrySize = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(54));
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(56));
        if (entrySize != ElfSegment.HeaderSize || count == 0)
            return ImageError.BadElfHeader;
        ulong tableSize = (ulong)count * ElfSegment.HeaderSize;
        ulong size = (ulong)file.Length;
        if (tableOffset > size || tableSize > size - tableOffset)
            return ImageError.BadElfHeader;
        ReadOnlySpan<byte> table = file.Slice((int)tableOffset, (int)tableSize);
        elf = new Elf(file, table, entry);
        return elf.CheckSegments();
    }

    private ImageError CheckSegments()
    {
        bool loads = false;
        foreach (ElfSegment segment in LoadSegments)
        {
            if (!segment.LiesInFile(File.Length) || segment.FileSize > segment.MemorySize
                || segment.PhysicalAddress > ulong.MaxValue - segment.MemorySize
                || segment.VirtualAddress > ulong.MaxValue - segment.MemorySize)
                return ImageError.BadElfSegment;
            loads = true;
        }
        foreach (ElfSegment segment in NoteSegments)
        {
            if (!segment.LiesInFile(File.Length))
                return ImageError.BadElfSegment;
        }
        return loads ? ImageError.None : ImageError.NothingToLoad;
    }
}
