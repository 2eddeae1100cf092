namespace Serai.Machine.Memory;

/// <summary>
/// The hypervisor's half-slot of every address space: 0xffff800000000000 to 0xffff87ffffffffff, top-level slots 256 to 271
/// (public/arch-x86/xen-x86_64.h). Everything in it but the machine-to-physical table is closed to ring 3.
/// </summary>
public static class Layout
{
    /// <summary>The first top-level slot that is the hypervisor's.</summary>
    public const int FirstSlot = 256;

    /// <summary>How many top-level slots are the hypervisor's.</summary>
    public const int SlotCount = 16;

    /// <summary>The first byte of the range.</summary>
    public const ulong Start = 0xffff_8000_0000_0000;

    /// <summary>The first byte behind the range.</summary>
    public const ulong End = 0xffff_8800_0000_0000;

    /// <summary>The machine-to-physical table as guests read it (slot 256).</summary>
    public const ulong MachineToPhysical = Start;

    /// <summary>Where a guest is told that the table ends (MACH2PHYS_VIRT_END).</summary>
    public const ulong MachineToPhysicalEnd = 0xffff_8040_0000_0000;

    /// <summary>Each processor's window on its guest's descriptor tables (slot 260): 16 pages of GDT, 16 of LDT, its trap stacks.</summary>
    public const ulong Descriptors = 0xffff_8200_0000_0000;

    /// <summary>Bytes from one processor's window to the next one's.</summary>
    public const ulong DescriptorWindow = 1ul << 21;

    /// <summary>Device registers that the hypervisor itself uses (slot 261, below the image).</summary>
    public const ulong Devices = 0xffff_8280_0000_0000;

    /// <summary>All of RAM (slots 262 to 271: 5 TiB).</summary>
    public const ulong DirectMap = 0xffff_8300_0000_0000;

    /// <summary>Whether an address lies in the hypervisor's range.</summary>
    public static bool IsHypervisor(ulong address) => (address >> 43) == (Start >> 43);

    /// <summary>
    /// The address that a link leads to. All values that have links lie in the hypervisor's range, whose addresses have bit 63 set; a link to nothing
    /// is 0, where a guest may have mapped a page of its own, and leads to an address that is not canonical: the processor refuses it, whoever's
    /// tables are loaded.
    /// </summary>
    public static ulong OfLink(ulong link) => link | 1ul << 63;

    /// <summary>Whether bits 63 to 47 are all equal.</summary>
    public static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;
}
