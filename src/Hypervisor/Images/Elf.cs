using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// An ELF64 executable for x86-64 (System V ABI, ch. 4 and 5). <see cref="Open"/> checks every program header once, in 64 bits;
/// reading them afterwards cannot fail and their offsets are safe to slice the file with. Every call is given the same file.
/// </summary>
public struct Elf
{
    private const int HeaderSize = 64;
    private const ushort TypeExecutable = 2;
    private const ushort TypeDynamic = 3;
    private const ushort MachineX64 = 62;

    private int _tableOffset;
    private int _sectionsOffset;

    /// <summary>The header's entry point, a virtual address; a Xen ENTRY note overrides it.</summary>
    public ulong Entry { get; private set; }

    /// <summary>The number of program headers, of all types.</summary>
    public int SegmentCount { get; private set; }

    /// <summary>The number of section headers; none where the file has no table of them that lies within it, for nothing is loaded by them.</summary>
    public int SectionCount { get; private set; }

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

        elf.Entry = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(24));
        elf.SegmentCount = FindTable(file, 32, 54, ElfSegment.HeaderSize, out elf._tableOffset);
        elf.SectionCount = FindTable(file, 40, 58, ElfSegment.SectionHeaderSize, out elf._sectionsOffset);
        return elf.SegmentCount == 0 ? ImageError.BadElfHeader : elf.CheckSegments(file);
    }

    /// <summary>Program header number <paramref name="index"/>, below <see cref="SegmentCount"/>.</summary>
    public readonly ElfSegment Segment(ReadOnlySpan<byte> file, int index) =>
        new(file.Slice(_tableOffset + index * ElfSegment.HeaderSize, ElfSegment.HeaderSize));

    /// <summary>Section header number <paramref name="index"/>, below <see cref="SectionCount"/>; where it lies is not checked.</summary>
    internal readonly ElfSegment Section(ReadOnlySpan<byte> file, int index) =>
        ElfSegment.OfSection(file.Slice(_sectionsOffset + index * ElfSegment.SectionHeaderSize, ElfSegment.SectionHeaderSize));

    /// <summary>
    /// How many headers a table has, whose offset the file's header says at <paramref name="offsetPlace"/>, and at <paramref name="sizePlace"/> the
    /// size of each and their number. None when they are of another size or reach outside the file.
    /// </summary>
    private static int FindTable(ReadOnlySpan<byte> file, int offsetPlace, int sizePlace, uint headerSize, out int offset)
    {
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(offsetPlace)), size = (ulong)file.Length;
        ushort entrySize = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(sizePlace));
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(sizePlace + 2));
        bool isThere = entrySize == headerSize && start <= size && (ulong)count * headerSize <= size - start;
        offset = isThere ? (int)start : 0;
        return isThere ? count : 0;
    }

    private readonly ImageError CheckSegments(ReadOnlySpan<byte> file)
    {
        bool loads = false;
        for (int index = 0; index < SegmentCount; index++)
        {
            ElfSegment segment = Segment(file, index);
            if (!segment.IsLoaded && segment.Type != ElfSegmentType.Note)
                continue;
            if (!segment.LiesInFile(file.Length) || (segment.IsLoaded && !segment.FitsMemory))
                return ImageError.BadElfSegment;
            loads |= segment.IsLoaded;
        }
        return loads ? ImageError.None : ImageError.NothingToLoad;
    }
}
