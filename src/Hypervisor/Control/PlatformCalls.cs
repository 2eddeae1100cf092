using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>
/// HYPERVISOR_platform_op of the initial domain (ABI 09 §9.6): the wall clock, power, and what the machine's processors are and do.
/// </summary>
public static class PlatformCalls
{
    /// <summary>RDI: the record. Errors: Perm, Fault, Access for another interface version, Inval, OpNotSupp, Range, NoSys.</summary>
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
        return CallResult.Error(Choose(ref vcpu, (PlatformCommand)command, record + payload));
    }

    private static Errno Choose(ref VirtualCpu vcpu, PlatformCommand command, GuestAddress payload) => command switch
    {
        PlatformCommand.SetTime64 => GuestMemory.TryRead(payload, out PlatformSetTime64 time)
            ? SetTime(time.Seconds, time.Nanoseconds, time.SystemTime) : Errno.Fault,
        PlatformCommand.SetTime32 => GuestMemory.TryRead(payload, out PlatformSetTime32 time)
            ? SetTime(time.Seconds, time.Nanoseconds, time.SystemTime) : Errno.Fault,
        PlatformCommand.EnterAcpiSleep => SleepCall.Enter(ref vcpu, payload),
        PlatformCommand.GetIdleTime => ProcessorCalls.TellIdleTimes(payload),
        PlatformCommand.GetCpuInfo => ProcessorCalls.Tell(payload),
        _ => Errno.NoSys,
    };

    private static Errno SetTime(ulong seconds, uint nanoseconds, ulong systemTime)
    {
        const ulong latest = 1ul << 33;
        if (seconds > latest || nanoseconds >= 1_000_000_000 || systemTime > seconds * 1_000_000_000)
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
