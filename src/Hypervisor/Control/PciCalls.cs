using Serai.Abi;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Control;

/// <summary>
/// The physdev operations by which the domain with hardware tells of its PCI functions (physdev.h; ABI 09 §9.5). All: Perm without hardware, Fault.
/// </summary>
internal static class PciCalls
{
    /// <summary>A function is there, a virtual one where the flags say so. Errors: NoMem without room.</summary>
    internal static Errno Add(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevPciDeviceAdd device))
            return Errno.Fault;
        var address = PciAddress.Of(device.Segment, device.Bus, device.Devfn);
        return (device.Flags & PciDeviceFlags.VirtualFunction) == 0 ? Tell(domain, address, isThere: true)
            : AddVirtual(domain, address, device.PhysicalBus, device.PhysicalDevfn);
    }

    private static Errno AddVirtual(in Domain domain, PciAddress address, byte bus, byte deviceAndFunction)
        => domain.Rights.HasHardware ? PciFunctions.AddVirtual(address, (ushort)(bus << 8 | deviceAndFunction)) : Errno.Perm;

    /// <summary>A function is gone. Errors: NoDev for one that was not known, Busy for one with messages mapped.</summary>
    internal static Errno Remove(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevPciDevice device))
            return Errno.Fault;
        return Tell(domain, PciAddress.Of(device.Segment, device.Bus, device.Devfn), isThere: false);
    }

    /// <summary>The same two of the older calls, without a segment.</summary>
    internal static Errno TellShort(in Domain domain, GuestAddress record, bool isThere)
    {
        if (!GuestMemory.TryRead(record, out PhysdevManagePci device))
            return Errno.Fault;
        return Tell(domain, PciAddress.Of(0, device.Bus, device.Devfn), isThere);
    }

    /// <summary>The first of manage_pci_add_ext. Errors: NoMem, Inval for a truth value that is none.</summary>
    internal static Errno TellExtended(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevManagePciExt device))
            return Errno.Fault;
        if (domain.Rights.HasHardware && (device.IsExtendedFunction > 1 || device.IsVirtualFunction > 1))
            return Errno.Inval;
        var address = PciAddress.Of(0, device.Bus, device.Devfn);
        return device.IsVirtualFunction == 0 ? Tell(domain, address, isThere: true)
            : AddVirtual(domain, address, device.PhysicalBus, device.PhysicalDevfn);
    }

    private static Errno Tell(in Domain domain, PciAddress address, bool isThere)
    {
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        return isThere ? PciFunctions.Add(address) : PciFunctions.Remove(address);
    }

    /// <summary>
    /// A function's table is to be used by another than its driver: known it is, and kept anyway. Errors: NoDev for one without a table.
    /// </summary>
    internal static Errno PrepareTable(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevPciDevice device))
            return Errno.Fault;
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        Errno error = PciFunctions.Meet(PciAddress.Of(device.Segment, device.Bus, device.Devfn), out uint number);
        return error != Errno.None || PciFunctions.At(number).MsiX != 0 ? error : Errno.NoDev;
    }

    /// <summary>
    /// A function has been reset: its messages are written again. Errors: NoDev for one that sends none; Restart where some are left for later.
    /// </summary>
    internal static Errno Restore(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevPciDevice device))
            return Errno.Fault;
        return domain.Rights.HasHardware ? InterruptSources.Restore(PciAddress.Of(device.Segment, device.Bus, device.Devfn)) : Errno.Perm;
    }

    /// <summary>The same of the older call.</summary>
    internal static Errno RestoreShort(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevRestoreMsi device))
            return Errno.Fault;
        return domain.Rights.HasHardware ? InterruptSources.Restore(PciAddress.Of(0, device.Bus, device.Devfn)) : Errno.Perm;
    }

    /// <summary>
    /// The domain has seen that the firmware keeps a range for configuration space, or not: the hypervisor goes by the firmware's table. Errors:
    /// NoDev for a range that is not in it, Inval for flags that there are not.
    /// </summary>
    internal static Errno CheckMemory(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevPciMmcfgReserved range))
            return Errno.Fault;
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        if ((range.Flags & ~PciMmcfgFlags.Reserved) != 0)
            return Errno.Inval;
        return ConfigurationMemory.Has(range.Address, range.Segment, range.StartBus, range.EndBus) ? Errno.None : Errno.NoDev;
    }

    /// <summary>A USB debug port is about to be reset, or has been: the hypervisor uses none.</summary>
    internal static Errno NoteDebugPort(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevDebugPortOp _))
            return Errno.Fault;
        return domain.Rights.HasHardware ? Errno.None : Errno.Perm;
    }
}
