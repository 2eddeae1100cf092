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
    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, Perm, Srch, Busy, Exist, NoSpc, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        var record = new GuestAddress(vcpu.Registers.Rsi);
        Errno error = Errno.Fault;
        switch ((PhysdevCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case PhysdevCommand.SetIopl: error = SetPrivilegeLevel(ref vcpu, record); break;
            case PhysdevCommand.SetIoBitmap: error = SetPortBitmap(ref vcpu, record); break;
            case PhysdevCommand.IrqStatusQuery: error = TellStatus(record); break;
            case PhysdevCommand.Eoi:
                if (GuestMemory.TryRead(record, out PhysdevEoi end))
                    error = DeviceEvents.End(ref vcpu.Domain, end.Irq);
                break;
            case PhysdevCommand.PirqEoiGmfnV1:
                if (GuestMemory.TryRead(record, out PhysdevPirqEoiGmfn first))
                    error = EoiMap.Adopt(ref vcpu.Domain, first.Frame, unmasks: true);
                break;
            case PhysdevCommand.PirqEoiGmfnV2:
                if (GuestMemory.TryRead(record, out PhysdevPirqEoiGmfn second))
                    error = EoiMap.Adopt(ref vcpu.Domain, second.Frame, unmasks: false);
                break;
            case PhysdevCommand.MapPirq: error = InterruptCalls.Map(ref vcpu, record); break;
            case PhysdevCommand.UnmapPirq: error = InterruptCalls.Unmap(ref vcpu, record); break;
            case PhysdevCommand.GetFreePirq: error = InterruptCalls.FindFree(vcpu.Domain, record); break;
            case PhysdevCommand.SetupGsi: error = InterruptCalls.SetUp(vcpu.Domain, record); break;
            case PhysdevCommand.AllocIrqVector: error = AllocateVector(vcpu.Domain, record); break;
            case PhysdevCommand.ApicRead: error = ReadController(vcpu.Domain, record); break;
            case PhysdevCommand.ApicWrite: error = WriteController(vcpu.Domain, record); break;
            default: error = Errno.NoSys; break;
        }
        return CallResult.Error(error);
    }

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
            InterruptLines.SetUp(line, (access.Value & level) != 0, (access.Value & activeLow) != 0);
        return Errno.None;
    }
}
