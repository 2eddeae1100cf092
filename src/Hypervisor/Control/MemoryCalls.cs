using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Grants;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>HYPERVISOR_memory_op: the switch over its commands and those that only tell (ABI 02 §2.7).</summary>
public static class MemoryCalls
{
    private const ulong CommandMask = 0x3f;
    private const ulong PfnMask = (1ul << 40) - 1;

    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, Perm, Srch, NoMem, Access, OpNotSupp, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        var record = new GuestAddress(vcpu.Registers.Rsi);
        switch ((MemoryCommand)(vcpu.Registers.Rdi & CommandMask))
        {
            case MemoryCommand.IncreaseReservation: return ReservationCalls.Give(ref vcpu, record, places: false);
            case MemoryCommand.DecreaseReservation: return ReservationCalls.Decrease(ref vcpu, record);
            case MemoryCommand.PopulatePhysmap: return ReservationCalls.Give(ref vcpu, record, places: true);
            case MemoryCommand.Exchange: return ExchangeCall.Perform(ref vcpu, record);
            case MemoryCommand.MaximumRamPage: return (long)FrameTable.All.Length;
            case MemoryCommand.CurrentReservation or MemoryCommand.MaximumReservation or MemoryCommand.MaximumGpfn:
                return TellNumber(ref vcpu, record);
            case MemoryCommand.MemoryMap: return TellMemoryMap(ref vcpu, record);
            case MemoryCommand.MachineMemoryMap: return MachineMap.Tell(ref vcpu, record);
            case MemoryCommand.MachphysMfnList: return TellMachphysFrames(record);
            case MemoryCommand.MachphysMapping: return TellMachphysMapping(record);
            case MemoryCommand.AddToPhysmap or MemoryCommand.RemoveFromPhysmap: return RefuseTranslation(ref vcpu, record);
            case MemoryCommand.AcquireResource: return ResourceCall.Acquire(ref vcpu, record);
            case MemoryCommand.GetSharingFreedPages or MemoryCommand.GetSharingSharedPages: return 0;
            default: return CallResult.Error(Errno.NoSys);
        }
    }

    private static long TellNumber(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out MemoryDomain named))
            return CallResult.Error(Errno.Fault);
        Errno error = ForeignDomain.Find(ref vcpu, named.Domain, out Link<Domain> domain);
        if (error != Errno.None)
            return CallResult.Error(error);
        // The guest's own word: as it stands it could be any result, CallResult.Again among them.
        ulong pfns = System.Threading.Volatile.Read(ref domain.Value.SharedInfo.Value.Arch.MaxPfn) & PfnMask;
        return (MemoryCommand)(vcpu.Registers.Rdi & CommandMask) switch
        {
            MemoryCommand.CurrentReservation => (long)domain.Value.Memory.GuestPages,
            MemoryCommand.MaximumReservation => (long)domain.Value.Memory.MaximumPages,
            _ => pfns == 0 ? 0 : (long)(pfns - 1),
        };
    }

    /// <summary>Only guests whose physical addresses are translated have a map to add to or remove from. Both records begin alike.</summary>
    private static long RefuseTranslation(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out RemoveFromPhysmap named))
            return CallResult.Error(Errno.Fault);
        Errno error = ForeignDomain.Find(ref vcpu, named.Domain, out _);
        return CallResult.Error(error == Errno.None ? Errno.Access : error);
    }

    private static long TellMachphysMapping(GuestAddress record)
    {
        var mapping = new MachphysMapping
        {
            VirtualStart = Layout.MachineToPhysical,
            VirtualEnd = Layout.MachineToPhysicalEnd,
            MaxMfn = MachineToPhysical.All.Length - 1,
        };
        return GuestMemory.TryWrite(record, mapping) ? 0 : CallResult.Error(Errno.Fault);
    }

    /// <summary>The first frame of each 2 MiB of the machine-to-physical table, which is contiguous in the machine's memory too.</summary>
    private static long TellMachphysFrames(GuestAddress record)
    {
        const ulong chunkFrames = 512, entryBytes = 8;
        if (!GuestMemory.TryRead(record, out MachphysMfnList list))
            return CallResult.Error(Errno.Fault);
        ulong bytes = MachineToPhysical.All.Length * entryBytes;
        ulong chunks = (bytes + chunkFrames * Mfn.Size - 1) / (chunkFrames * Mfn.Size);
        list.ExtentCount = 0;
        for (; list.ExtentCount < list.MaxExtents && list.ExtentCount < chunks; list.ExtentCount++)
        {
            ulong frame = Mfn.Of(DirectMap.AddressOf(ref MachineToPhysical.All[0])).Value + list.ExtentCount * chunkFrames;
            Preemption.Charge(Cost.SmallRecord);
            if (!GuestMemory.TryWrite64(new GuestAddress(list.ExtentStart) + unchecked(list.ExtentCount * entryBytes), frame))
                return CallResult.Error(Errno.Fault);
        }
        return GuestMemory.TryWrite(record, list) ? 0 : CallResult.Error(Errno.Fault);
    }

    /// <summary>For domains whose builder gave them a map: the initial domain has the machine's (<see cref="MachineMap"/>).</summary>
    private static long TellMemoryMap(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out MemoryMap map))
            return CallResult.Error(Errno.Fault);
        if (vcpu.Domain.Rights.IsInitial)
            return CallResult.Error(Errno.NoSys);
        if (map.EntryCount < 1)
            return CallResult.Error(Errno.Inval);
        map.EntryCount = 1;
        var entry = new E820Entry { Address = 0, Size = vcpu.Domain.Memory.MaximumPages << Mfn.Shift, Type = E820Type.Ram };
        return GuestMemory.TryWrite(new(map.Buffer), entry) && GuestMemory.TryWrite(record, map) ? 0 : CallResult.Error(Errno.Fault);
    }
}
