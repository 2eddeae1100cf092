using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Frames that are not RAM: which of them a domain with hardware may map. They are not counted; they cannot be freed or become tables.
/// </summary>
public static class DeviceFrames
{
    /// <summary>The bits of an entry for memory that is cached for reading only.</summary>
    private const ulong WriteProtected = PageTableEntry.AttributeTable | PageTableEntry.WriteThrough;

    /// <summary>
    /// Takes an entry that maps one, and tells what is stored: with the cache attribute that was asked for, but uncached where that would cache what
    /// is no memory, and read-only too where the hypervisor uses the registers. Errors: as for <see cref="MayMap"/>; Inval for a cache attribute
    /// without hardware.
    /// </summary>
    internal static Errno Get(ref ulong slot, ulong entry, ref Domain domain)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.CacheMask) != 0 && !domain.Rights.HasHardware)
            return Errno.Inval;
        Errno error = MayMap(mfn, ref domain);
        if (error != Errno.None)
            return error;
        bool isReadOnly = IsReadOnly(mfn);
        if (isReadOnly)
            entry &= ~PageTableEntry.Writable;
        if (isReadOnly || ((entry & PageTableEntry.CacheMask) is 0 or PageTableEntry.WriteThrough or WriteProtected && !IsMemory(mfn)))
            entry = (entry & ~PageTableEntry.CacheMask) | PageTableEntry.CacheDisable | PageTableEntry.WriteThrough;
        slot = entry;
        return Errno.None;
    }

    /// <summary>
    /// Whether a frame is the firmware's memory: RAM below 1 MiB, or ACPI's. Its map calls registers reserved, and what is that could be either.
    /// </summary>
    private static bool IsMemory(Mfn mfn)
    {
        Preemption.Charge(Cost.ProcessorSeen, (ulong)BootInformation.MemoryCount);
        for (int index = 0; index < BootInformation.MemoryCount; index++)
        {
            E820Entry entry = BootInformation.Memory(index);
            if (entry.Address <= mfn.Address.Value && mfn.Address.Value - entry.Address < entry.Size)
                return entry.Type is E820Type.Ram or E820Type.AcpiReclaimable or E820Type.AcpiNonVolatile;
        }
        return false;
    }

    /// <summary>
    /// None, or Perm for a domain without hardware, for what nobody may map (<see cref="RefusedFrames"/>) and beyond the processor's address
    /// width; Inval for the number of
    /// all ones, which is that of no frame.
    /// </summary>
    public static Errno MayMap(Mfn mfn, ref Domain domain)
    {
        if (mfn == PageTableEntry.FrameOf(PageTableEntry.FrameMask))
            return Errno.Inval;
        if (!domain.Rights.HasHardware || mfn.Value >= FrameTable.PhysicalLimit)
            return Errno.Perm;
        return RefusedFrames.Contains(mfn) ? Errno.Perm : Errno.None;
    }

    /// <summary>
    /// Whether a frame holds what nobody but the hypervisor writes directly: where messages of devices go, the way there, or the HPET, whose timers
    /// send such too.
    /// </summary>
    public static bool IsReadOnly(Mfn mfn) => PciFunctions.IsTable(mfn) || ConfigurationMemory.TryFindFunction(mfn, out _) || IsEventTimer(mfn);

    /// <summary>Whether a frame holds the HPET.</summary>
    public static bool IsEventTimer(Mfn mfn) => Acpi.EventTimer != 0 && mfn == Mfn.Of(new(Acpi.EventTimer));
}
