using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>
/// HYPERVISOR_platform_op of the initial domain (ABI 09 §9.6): the wall clock, power, firmware, and what the machine's processors are
/// and do. What there is not is answered as by a Xen that finds nothing to do it with.
/// </summary>
public static class PlatformCalls
{
    /// <summary>RDI: the record. Errors: Perm, Fault, Access for another interface version, and those of the operations; NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        if (!vcpu.Domain.Rights.RunsMachine)
            return CallResult.Error(Errno.Perm);
        var record = new GuestAddress(vcpu.Registers.Rdi);
        if (!GuestMemory.TryRead(record, out uint command) || !GuestMemory.TryRead(record + 4, out uint version))
            return CallResult.Error(Errno.Fault);
        if (version != PlatformInterface.Version)
            return CallResult.Error(Errno.Access);
        const ulong payload = 8;
        Preemption.Charge(Cost.SmallRecord + Processors.Most * Cost.ProcessorSeen);
        return CallResult.Error(Choose(ref vcpu, (PlatformCommand)command, record + payload));
    }

    private static Errno Choose(ref VirtualCpu vcpu, PlatformCommand command, GuestAddress payload) => command switch
    {
        PlatformCommand.SetTime64 => GuestMemory.TryRead(payload, out PlatformSetTime64 time)
            ? SetTime(time.Seconds, time.Nanoseconds, time.SystemTime) : Errno.Fault,
        PlatformCommand.SetTime32 => GuestMemory.TryRead(payload, out PlatformSetTime32 time)
            ? SetTime(time.Seconds, time.Nanoseconds, time.SystemTime) : Errno.Fault,
        PlatformCommand.MicrocodeUpdate => GuestMemory.TryRead(payload, out PlatformMicrocode _) ? Errno.Inval : Errno.Fault,
        PlatformCommand.GetCpuVersion => ProcessorCalls.TellVersion(payload),
        PlatformCommand.FirmwareInfo => FirmwareCalls.Tell(payload),
        PlatformCommand.SetProcessorPowerInfo => FirmwareCalls.TakePowerInfo(payload),
        PlatformCommand.CpuOnline => ProcessorCalls.BringUp(payload),
        PlatformCommand.CpuOffline => ProcessorCalls.TakeDown(payload),
        PlatformCommand.CpuHotAdd => ProcessorCalls.Add(payload),
        PlatformCommand.MemoryHotAdd => Errno.Inval,
        PlatformCommand.CoreParking => ProcessorCalls.Park(payload),
        PlatformCommand.ResourceOp => ReachResources(payload),
        PlatformCommand.GetSymbol => TellSymbol(payload),
        PlatformCommand.EnterAcpiSleep => SleepCall.Enter(ref vcpu, payload),
        PlatformCommand.GetIdleTime => ProcessorCalls.TellIdleTimes(payload),
        PlatformCommand.GetCpuInfo => ProcessorCalls.Tell(payload),
        _ => Errno.NoSys,
    };

    /// <summary>No register is read or written for a guest. Errors: Fault, Inval for more than Xen takes, OpNotSupp.</summary>
    private static Errno ReachResources(GuestAddress payload)
    {
        const uint most = 3;
        if (!GuestMemory.TryRead(payload, out PlatformResources resources))
            return Errno.Fault;
        if (resources.Count is 0 or > most)
            return resources.Count == 0 ? Errno.None : Errno.Inval;
        return GuestMemory.TryRead(new GuestAddress(resources.Entries), out ulong _) ? Errno.OpNotSupp : Errno.Fault;
    }

    /// <summary>There is none to tell: the end of the list comes first, a name without letters. Errors: Fault, Range.</summary>
    private static Errno TellSymbol(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformSymbol symbol))
            return Errno.Fault;
        if (symbol.SymbolNumber != 0)
            return Errno.Range;
        if (symbol.NameLength != 0 && !GuestMemory.TryWrite(new GuestAddress(symbol.Name), (byte)0))
            return Errno.Fault;
        (symbol.NameLength, symbol.Address, symbol.Type) = (1, 0, 0);
        return GuestMemory.TryWrite(payload, symbol) ? Errno.None : Errno.Fault;
    }

    private static Errno SetTime(ulong seconds, uint nanoseconds, ulong systemTime)
    {
        if (seconds >= SystemTime.LatestSecond || nanoseconds >= 1_000_000_000 || systemTime > seconds * 1_000_000_000)
            return Errno.Inval;
        SystemTime.SetWallClock(seconds, nanoseconds, systemTime);
        Preemption.Charge(Cost.SmallRecord, DomainTable.Capacity);
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            if (!domain.Value.SharedInfo.IsNull)
                SystemTime.PublishWallClock(ref domain.Value.SharedInfo.Value);
        }
        return Errno.None;
    }
}
