using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>
/// HYPERVISOR_platform_op of the initial domain (ABI 09 §9.6): setting the wall clock. Firmware and power come with hardware: NoSys.
/// </summary>
public static class PlatformCalls
{
    /// <summary>RDI: the record. Errors: Perm, Fault, Access for another interface version, Inval, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        if (!vcpu.Domain.Rights.RunsMachine)
            return CallResult.Error(Errno.Perm);
        var record = new GuestAddress(vcpu.Registers.Rdi);
        const ulong payload = 8;
        if (!GuestMemory.TryRead(record, out uint command) || !GuestMemory.TryRead(record + 4, out uint version))
            return CallResult.Error(Errno.Fault);
        if (version != PlatformInterface.Version)
            return CallResult.Error(Errno.Access);
        return (PlatformCommand)command switch
        {
            PlatformCommand.SetTime64 => GuestMemory.TryRead(record + payload, out PlatformSetTime64 time)
                ? SetTime(time.Seconds, time.Nanoseconds, time.SystemTime) : CallResult.Error(Errno.Fault),
            PlatformCommand.SetTime32 => GuestMemory.TryRead(record + payload, out PlatformSetTime32 time)
                ? SetTime(time.Seconds, time.Nanoseconds, time.SystemTime) : CallResult.Error(Errno.Fault),
            _ => CallResult.Error(Errno.NoSys),
        };
    }

    private static long SetTime(ulong seconds, uint nanoseconds, ulong systemTime)
    {
        const ulong latest = 1ul << 33;
        if (seconds > latest || nanoseconds >= 1_000_000_000 || systemTime > seconds * 1_000_000_000)
            return CallResult.Error(Errno.Inval);
        SystemTime.SetWallClock(seconds, nanoseconds, systemTime);
        Preemption.Charge(Cost.SmallRecord, DomainTable.Capacity);
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
        {
            if (!domain.Value.SharedInfo.IsNull)
                SystemTime.PublishWallClock(ref domain.Value.SharedInfo.Value);
        }
        return 0;
    }
}
