using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// All that the domain builder needs to know of a kernel: its notes, and the extent of its segments once PADDR_OFFSET and VIRT_BASE are applied.
/// A segment of the file goes to pseudo-physical address <see cref="PlaceOf"/>.
/// </summary>
public struct KernelDescription
{
    private const ulong PageSize = 4096;

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
    public readonly ulong PlaceOf(ElfSegment segment) => segment.PhysicalAddress - Notes.PhysicalOffset;

    /// <summary>
    /// After <see cref="ImageError.FeatureMissing"/>: the name, as the kernel spells it, of a feature it requests in vain. Hostile
    /// bytes: print with care.
    /// </summary>
    public readonly ReadOnlySpan<byte> MissingFeature(Elf elf) => elf.File.Slice(Notes.MissingFeatureOffset, Notes.MissingFeatureLength);

    /// <summary>Reads and checks the description of <paramref name="elf"/>. No sum of addresses that it holds wraps around.</summary>
    public static ImageError Read(Elf elf, out KernelDescription description)
    {
        description = default;
        ImageError error = XenNotes.Read(elf, out description.Notes);
        if (error != ImageError.None)
            return error;
        description.Entry = description.Notes.Entry ?? elf.Entry;
        error = description.Measure(elf);
        if (error != ImageError.None)
            return error;
        return description.AddressesAreInside() ? ImageError.None : ImageError.AddressOutsideImage;
    }

    private ImageError Measure(Elf elf)
    {
        ulong start = ulong.MaxValue;
        ulong end = 0;
        foreach (ElfSegment segment in elf.LoadSegments)
        {
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
