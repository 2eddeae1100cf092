using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Frames that are not RAM: which of them a domain with hardware may map. They are not counted; they cannot be freed or become tables.
/// </summary>
public static class DeviceFrames
{
    /// <summary>
    /// None, or Perm for a domain without hardware, for the interrupt controllers and beyond the processor's address width; Inval for the number of
    /// all ones, which is that of no frame.
    /// </summary>
    public static Errno MayMap(Mfn mfn, ref Domain domain)
    {
        if (mfn == PageTableEntry.FrameOf(PageTableEntry.FrameMask))
            return Errno.Inval;
        if (!domain.Rights.HasHardware || mfn.Value >= FrameTable.PhysicalLimit)
            return Errno.Perm;
        return mfn == LocalApic.Frame || IoApic.IsRegisters(mfn) ? Errno.Perm : Errno.None;
    }

    /// <summary>
    /// Whether a frame holds what nobody but the hypervisor writes directly: where messages of devices go, the way there, or the HPET, whose timers
    /// send such too.
    /// </summary>
    public static bool IsReadOnly(Mfn mfn) => PciFunctions.IsTable(mfn) || ConfigurationMemory.TryFindFunction(mfn, out _) || IsEventTimer(mfn);

    /// <summary>Whether a frame holds the HPET.</summary>
    public static bool IsEventTimer(Mfn mfn) => Acpi.EventTimer != 0 && mfn == Mfn.Of(new(Acpi.EventTimer));
}
