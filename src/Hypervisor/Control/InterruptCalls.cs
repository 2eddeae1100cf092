using Serai.Abi;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Pci;

namespace Serai.Hypervisor.Control;

/// <summary>
/// The physdev operations that give lines and messages their numbers, and lines their kinds. What they do is <see cref="PhysicalInterrupts"/>'.
/// </summary>
internal static class InterruptCalls
{
    /// <summary>
    /// Maps a line, or a message of a PCI function, to a number. Errors: Fault, Srch, Perm, Inval, Busy, Exist, NoSpc, NoDev, NoMem, NxIo; Dom and
    /// OpNotSupp as of <see cref="MapSeveral"/>.
    /// </summary>
    internal static Errno Map(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out PhysdevMapPirq map))
            return Errno.Fault;
        if (map.Type == MapPirqType.MultiMsi && map.TableBase != 0)
            return Errno.Inval;
        Errno error = MayMap(ref vcpu, map.Domain);
        if (error == Errno.None)
            error = map.Type switch
            {
                MapPirqType.Gsi => PhysicalInterrupts.Map(map.Index, ref map.Pirq),
                MapPirqType.Msi => MapMessage(0, ref map),
                MapPirqType.MsiSegment => MapMessage(SegmentOf(map), ref map),
                MapPirqType.MultiMsi => MapSeveral(ref map),
                _ => Errno.Inval,
            };
        return GuestMemory.TryWrite(record, map) ? error : Errno.Fault;
    }

    private static ushort SegmentOf(in PhysdevMapPirq map) => (ushort)(unchecked((uint)map.Bus) >> 16);

    /// <summary>
    /// Maps as many messages of an MSI capability as the entry's number says, which is one: several have one address and vectors in a row, so they
    /// could be moved and kept back only together, without an IOMMU that remaps interrupts. Errors, as of a Xen on a machine without such: Dom for a
    /// number that no capability has; OpNotSupp for more than one; else as of <see cref="MapMessage"/>.
    /// </summary>
    private static Errno MapSeveral(ref PhysdevMapPirq map)
    {
        const int most = 32;
        if (map.EntryNumber is <= 0 or > most)
            return Errno.Dom;
        return map.EntryNumber == 1 ? MapMessage(SegmentOf(map), ref map) : Errno.OpNotSupp;
    }

    private static Errno MapMessage(ushort segment, ref PhysdevMapPirq map)
    {
        bool byTable = map.TableBase != 0;
        if ((byTable && map.EntryNumber < 0) || unchecked((uint)map.Devfn) > byte.MaxValue)
            return Errno.Inval;
        var address = PciAddress.Of(segment, unchecked((byte)map.Bus), (byte)map.Devfn);
        return PhysicalInterrupts.MapMessage(address, byTable, byTable ? (uint)map.EntryNumber : 0, ref map.Pirq);
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
        return InterruptSources.SetUp((uint)setup.Gsi, setup.Triggering != 0, setup.Polarity != 0);
    }
}
