using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Frames;
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
    /// <summary>
    /// Takes an entry that maps one, and tells what is stored: with the cache attribute that was asked for, but uncached and read-only where the
    /// hypervisor uses the registers too. Errors: as for <see cref="MayMap"/>; Inval for a cache attribute without hardware.
    /// </summary>
    internal static Errno Get(ref ulong slot, ulong entry, ref Domain domain)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.CacheMask) != 0 && !domain.Rights.HasHardware)
            return Errno.Inval;
        Errno error = MayMap(mfn, ref domain);
        if (error != Errno.None)
            return error;
        if (IsReadOnly(mfn))
            entry = (entry & ~(PageTableEntry.CacheMask | PageTableEntry.Writable)) | PageTableEntry.CacheDisable | PageTableEntry.WriteThrough;
        slot = entry;
        return Errno.None;
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
