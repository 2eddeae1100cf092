using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// All that the domain builder needs to know of a kernel: its notes, and the extent of its segments once PADDR_OFFSET and VIRT_BASE are applied.
/// A segment of the file goes to pseudo-physical address <see cref="PlaceOf"/>.
/// </summary>
public struct KernelDescription
{
    private const ulong PageSize = 4096;

    /// <summary>The file's headers: its segments say what to load.</summary>
    public Elf Elf;

    /// <summary>The kernel's Xen notes.</summary>
    public KernelNotes Notes;

    /// <summary>The first instruction, virtual: inside the loaded image.</summary>
    public ulong Entry;

    /// <summary>The lowest pseudo-physical address that is loaded.</summary>
    public ulong PhysicalStart;

    /// <summary>The pseudo-physical address behind the last byte that is loaded.</summary>
    public ulong PhysicalEnd;

    /// <summary>The virtual address of <see cref="PhysicalStart"/>.</summary>
    public readonly ulong VirtualStart => Notes.VirtualBase + PhysicalStart;

    /// <summary>The virtual address of <see cref="PhysicalEnd"/>.</summary>
    public readonly ulong VirtualEnd => Notes.VirtualBase + PhysicalEnd;

    /// <summary>The pseudo-physical address at which <paramref name="segment"/> is loaded.</summary>
    public readonly ulong PlaceOf(in ElfSegment segment) => segment.PhysicalAddress - Notes.PhysicalOffset;

    /// <summary>Reads and checks the description of the ELF file <paramref name="file"/>. No sum of addresses that it holds wraps around.</summary>
    public static ImageError Read(ReadOnlySpan<byte> file, out KernelDescription description)
    {
        description = default;
        ImageError error = Elf.Open(file, out description.Elf);
        if (error != ImageError.None)
            return error;
        error = XenNotes.Read(in description.Elf, file, out description.Notes);
        description.Entry = description.Notes.Entry ?? description.Elf.Entry;
        if (error == ImageError.None)
            error = description.Measure(file);
        if (error != ImageError.None)
            return error;
        return description.AddressesAreInside() ? ImageError.None : ImageError.AddressOutsideImage;
    }

    private ImageError Measure(ReadOnlySpan<byte> file)
    {
        ulong start = ulong.MaxValue;
        ulong end = 0;
        for (int index = 0; index < Elf.SegmentCount; index++)
        {
            ElfSegment segment = Elf.Segment(file, index);
            if (!segment.IsLoaded)
                continue;
            ulong segmentEnd = segment.PhysicalAddress + segment.MemorySize;
            start = segment.PhysicalAddress < start ? segment.PhysicalAddress : start;
            end = segmentEnd > end ? segmentEnd : end;
        }
        if (start < Notes.PhysicalOffset)
            return ImageError.BadXenNote;
        PhysicalStart = start - Notes.PhysicalOffset;
        PhysicalEnd = end - Notes.PhysicalOffset;
        return PhysicalEnd > ulong.MaxValue - Notes.VirtualBase ? ImageError.BadElfSegment : ImageError.None;
    }

    private readonly bool AddressesAreInside()
    {
        if (Entry < VirtualStart || Entry >= VirtualEnd)
            return false;
        if (Notes.HypercallPage is not { } page)
            return true;
        return page % PageSize == 0 && page >= VirtualStart && page < VirtualEnd && VirtualEnd - page >= PageSize;
    }
}
