using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Records;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>
/// HYPERVISOR_physdev_op (ABI 09 §9.3, §9.4): the virtual I/O privilege level, and interrupts of devices for the domain with hardware.
/// </summary>
public static class PhysdevCalls
{
    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, Perm, Srch, Busy, Exist, NoSpc, NoSys, and those of its parts.</summary>
    public static long Perform(ref VirtualCpu vcpu) => CallResult.Outcome(Choose(ref vcpu, new(vcpu.Registers.Rsi)));

    private static Errno Choose(ref VirtualCpu vcpu, GuestAddress record) => (PhysdevCommand)(vcpu.Registers.Rdi & uint.MaxValue) switch
    {
        PhysdevCommand.SetIopl => SetPrivilegeLevel(ref vcpu, record),
        PhysdevCommand.SetIoBitmap => SetPortBitmap(ref vcpu, record),
        PhysdevCommand.IrqStatusQuery => TellStatus(record),
        PhysdevCommand.Eoi => GuestMemory.TryRead(record, out PhysdevEoi end) ? DeviceEvents.End(ref vcpu.Domain, end.Irq) : Errno.Fault,
        PhysdevCommand.PirqEoiGmfnV1 => AdoptEoiMap(ref vcpu.Domain, record, unmasks: true),
        PhysdevCommand.PirqEoiGmfnV2 => AdoptEoiMap(ref vcpu.Domain, record, unmasks: false),
        PhysdevCommand.MapPirq => InterruptCalls.Map(ref vcpu, record),
        PhysdevCommand.UnmapPirq => InterruptCalls.Unmap(ref vcpu, record),
        PhysdevCommand.GetFreePirq => InterruptCalls.FindFree(vcpu.Domain, record),
        PhysdevCommand.SetupGsi => InterruptCalls.SetUp(vcpu.Domain, record),
        PhysdevCommand.AllocIrqVector => AllocateVector(vcpu.Domain, record),
        PhysdevCommand.PciDeviceAdd => PciCalls.Add(vcpu.Domain, record),
        PhysdevCommand.PciDeviceRemove => PciCalls.Remove(vcpu.Domain, record),
        PhysdevCommand.ManagePciAdd => PciCalls.TellShort(vcpu.Domain, record, isThere: true),
        PhysdevCommand.ManagePciAddExt => PciCalls.TellExtended(vcpu.Domain, record),
        PhysdevCommand.ManagePciRemove => PciCalls.TellShort(vcpu.Domain, record, isThere: false),
        PhysdevCommand.PrepareMsix or PhysdevCommand.ReleaseMsix => PciCalls.PrepareTable(vcpu.Domain, record),
        PhysdevCommand.PciMmcfgReserved => PciCalls.CheckMemory(vcpu.Domain, record),
        PhysdevCommand.RestoreMsi => PciCalls.RestoreShort(vcpu.Domain, record),
        PhysdevCommand.RestoreMsiExt => PciCalls.Restore(vcpu.Domain, record),
        PhysdevCommand.DebugPortOp => PciCalls.NoteDebugPort(vcpu.Domain, record),
        PhysdevCommand.ApicRead => ReadController(vcpu.Domain, record),
        PhysdevCommand.ApicWrite => WriteController(vcpu.Domain, record),
        _ => Errno.NoSys,
    };

    private static Errno AdoptEoiMap(ref Domain domain, GuestAddress record, bool unmasks)
        => GuestMemory.TryRead(record, out PhysdevPirqEoiGmfn map) ? EoiMap.Adopt(ref domain, map.Frame, unmasks) : Errno.Fault;

    private static Errno SetPrivilegeLevel(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevSetIopl level))
            return Errno.Fault;
        if (level.Iopl > 3)
            return Errno.Inval;
        vcpu.Ports.PrivilegeLevel = (byte)level.Iopl;
        return Errno.None;
    }

    private static Errno SetPortBitmap(ref VirtualCpu vcpu, GuestAddress record)
    {
        const uint ports = 1 << 16;
        if (!GuestMemory.TryRead(record, out PhysdevSetIoBitmap set))
            return Errno.Fault;
        var bitmap = new GuestAddress(set.Bitmap);
        if (set.PortCount > ports || !IsGuests(bitmap) || !IsGuests(bitmap + (ports / 8 - 1)))
            return Errno.Inval;
        (vcpu.Ports.Bitmap, vcpu.Ports.Count) = (bitmap, set.PortCount);
        return Errno.None;
    }

    private static bool IsGuests(GuestAddress address) => Layout.IsCanonical(address.Value) && !Layout.IsHypervisor(address.Value);

    /// <summary>
    /// A guest without a page of bits must tell the service of every interrupt: an edge may need it too. No line is shared by two domains.
    /// </summary>
    private static Errno TellStatus(GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevIrqStatusQuery query))
            return Errno.Fault;
        if (query.Irq >= PhysicalInterrupts.Limit)
            return Errno.Inval;
        query.Flags = IrqStatusFlags.NeedsEoi;
        return GuestMemory.TryWrite(record, query) ? Errno.None : Errno.Fault;
    }

    /// <summary>Vectors are the hypervisor's affair: whoever asks is told the number it asked with, as in Xen.</summary>
    private static Errno AllocateVector(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevIrq request))
            return Errno.Fault;
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        request.Vector = request.Irq;
        return GuestMemory.TryWrite(record, request) ? Errno.None : Errno.Fault;
    }

    private static Errno ReadController(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevApic access))
            return Errno.Fault;
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        if (!IoApic.TryRead(access.ApicPhysicalBase, access.Register, out access.Value))
            return Errno.Inval;
        return GuestMemory.TryWrite(record, access) ? Errno.None : Errno.Fault;
    }

    /// <summary>
    /// Of a line's entry only what kind of line it is counts, and that only where it has not been said before; all else is the hypervisor's to write,
    /// and what the guest writes there is forgotten without an error, as in Xen.
    /// </summary>
    private static Errno WriteController(in Domain domain, GuestAddress record)
    {
        const uint level = 1 << 15, activeLow = 1 << 13;
        if (!GuestMemory.TryRead(record, out PhysdevApic access))
            return Errno.Fault;
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        if (!IoApic.TryRead(access.ApicPhysicalBase, 0, out _))
            return Errno.Inval;
        if (access.Register % 2 == 0 && IoApic.TryLineOf(access.ApicPhysicalBase, access.Register, out uint line))
            InterruptSources.SetUp(line, (access.Value & level) != 0, (access.Value & activeLow) != 0);
        return Errno.None;
    }
}
