using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>One program header; addresses and sizes in bytes, as in the file.</summary>
public readonly struct ElfSegment
{
    /// <summary>The size of a program header in the file.</summary>
    internal const int HeaderSize = 56;

    /// <summary>The size of a section header in the file.</summary>
    internal const int SectionHeaderSize = 64;

    private const uint SectionOfNotes = 7;

    internal ElfSegment(ReadOnlySpan<byte> header)
    {
        Type = (ElfSegmentType)BinaryPrimitives.ReadUInt32LittleEndian(header);
        FileOffset = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(8));
        VirtualAddress = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(16));
        PhysicalAddress = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(24));
        FileSize = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(32));
        MemorySize = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(40));
    }

    /// <summary>
    /// A section as far as it is like a segment: a kernel is loaded by program headers, but may have its notes in a section alone. Where it lies is
    /// not checked.
    /// </summary>
    internal static ElfSegment OfSection(ReadOnlySpan<byte> header) => new()
    {
        Type = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4)) == SectionOfNotes ? ElfSegmentType.Note : default,
        FileOffset = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(24)),
        FileSize = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(32)),
    };

    /// <summary>What it is for.</summary>
    public ElfSegmentType Type { get; private init; }

    /// <summary>Offset of the data in the file.</summary>
    public ulong FileOffset { get; private init; }

    /// <summary>p_vaddr. Not for placing: Linux has a segment at virtual address 0.</summary>
    public ulong VirtualAddress { get; }

    /// <summary>p_paddr: where to load, before the PADDR_OFFSET note is taken off.</summary>
    public ulong PhysicalAddress { get; }

    /// <summary>Bytes in the file.</summary>
    public ulong FileSize { get; private init; }

    /// <summary>Bytes in memory; those beyond <see cref="FileSize"/> are zero.</summary>
    public ulong MemorySize { get; }

    /// <summary>Whether there is anything to load.</summary>
    public bool IsLoaded => Type == ElfSegmentType.Load && MemorySize != 0;

    /// <summary>The data in <paramref name="file"/>, the file it was read from; for what <see cref="IsLoaded"/> and notes.</summary>
    public ReadOnlySpan<byte> Data(ReadOnlySpan<byte> file) => file.Slice((int)FileOffset, (int)FileSize);

    internal bool LiesInFile(int length) => FileOffset <= (ulong)length && FileSize <= (ulong)length - FileOffset;

    /// <summary>Whether the file's part fits the memory's, and neither address range wraps.</summary>
    internal bool FitsMemory => FileSize <= MemorySize
        && PhysicalAddress <= ulong.MaxValue - MemorySize && VirtualAddress <= ulong.MaxValue - MemorySize;
}

/// <summary>The values of p_type that matter here.</summary>
public enum ElfSegmentType : uint
{
    Load = 1,
    Note = 4,
}
