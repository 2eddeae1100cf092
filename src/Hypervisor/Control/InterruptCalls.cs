using Serai.Abi;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>The physdev operations that give lines their numbers and kinds. What they do is <see cref="PhysicalInterrupts"/>'.</summary>
internal static class InterruptCalls
{
    /// <summary>
    /// Maps a line to a number. Message-signalled interrupts are answered as by a Xen that was told msi=off. Errors: Fault, Srch, Perm, Inval, Busy,
    /// Exist, NoSpc.
    /// </summary>
    internal static Errno Map(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevMapPirq map))
            return Errno.Fault;
        Errno error = MayMap(ref vcpu, map.Domain);
        if (error == Errno.None)
            error = map.Type switch
            {
                MapPirqType.Gsi => PhysicalInterrupts.Map(map.Index, ref map.Pirq),
                MapPirqType.MultiMsi when map.TableBase != 0 => Errno.Inval,
                MapPirqType.Msi or MapPirqType.MsiSegment or MapPirqType.MultiMsi => Errno.Perm,
                _ => Errno.Inval,
            };
        return GuestMemory.TryWrite(record, map) ? error : Errno.Fault;
    }

    /// <summary>Only for itself, and only with hardware. Errors: Srch, Perm.</summary>
    private static Errno MayMap(ref VirtualCpu vcpu, ushort id)
    {
        bool isItself = id == DomainIds.Self || id == vcpu.Domain.Id;
        if (!isItself && !DomainTable.TryFind(id, out _))
            return Errno.Srch;
        return isItself && vcpu.Domain.Rights.HasHardware ? Errno.None : Errno.Perm;
    }

    /// <summary>Takes a mapping away. Errors: Fault, Srch, Perm, Inval.</summary>
    internal static Errno Unmap(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevUnmapPirq unmap))
            return Errno.Fault;
        Errno error = MayMap(ref vcpu, unmap.Domain);
        if (error != Errno.None)
            return error;
        return unmap.Pirq < 0 ? Errno.Inval : PhysicalInterrupts.Unmap((uint)unmap.Pirq);
    }

    /// <summary>Tells a number that nobody uses, and nobody will unasked. Errors: Fault, Perm, NoSpc.</summary>
    internal static Errno FindFree(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevGetFreePirq request))
            return Errno.Fault;
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        Errno error = PhysicalInterrupts.SetAside(request.Type == MapPirqType.Gsi, out request.Pirq);
        if (error != Errno.None || GuestMemory.TryWrite(record, request))
            return error;
        PhysicalInterrupts.PutBack(request.Pirq);
        return Errno.Fault;
    }

    /// <summary>Says of which kind a line is. Errors: Fault, Inval, Perm, Exist.</summary>
    internal static Errno SetUp(in Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevSetupGsi setup))
            return Errno.Fault;
        if (setup.Gsi < 0)
            return Errno.Inval;
        if (!domain.Rights.HasHardware)
            return Errno.Perm;
        return InterruptLines.SetUp((uint)setup.Gsi, setup.Triggering != 0, setup.Polarity != 0);
    }
}
