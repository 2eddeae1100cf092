using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// HYPERVISOR_grant_table_op (ABI 08 §8.2): the table itself. Nothing can be mapped, copied or transferred yet: those operations are refused with
/// NoSys.
/// </summary>
public static class GrantCalls
{
    private const uint Version = 1;

    /// <summary>
    /// RDI: command, RSI: records, RDX: how many; of the commands done here one at a time. Errors: Fault, Inval, Perm, Srch, NoSys.
    /// </summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ulong record = vcpu.Registers.Rsi;
        var command = (GrantTableCommand)(vcpu.Registers.Rdi & uint.MaxValue);
        if ((vcpu.Registers.Rdx & uint.MaxValue) != 1)
            return Hypercalls.Error(command <= GrantTableCommand.CacheFlush ? Errno.Inval : Errno.NoSys);
        return Hypercalls.Error(command switch
        {
            GrantTableCommand.SetupTable => SetUp(ref vcpu, record),
            GrantTableCommand.QuerySize => QuerySize(ref vcpu, record),
            GrantTableCommand.SetVersion => SetVersion(record),
            GrantTableCommand.GetVersion => GetVersion(ref vcpu, record),
            _ => Errno.NoSys,
        });
    }

    /// <summary>Whose table is meant, and the status that says whether the caller may ask.</summary>
    private static GrantStatus Find(ref VirtualCpu vcpu, ushort id, out Link<Domain> domain)
        => ForeignDomain.Find(ref vcpu, id, out domain) switch
        {
            Errno.None => GrantStatus.Okay,
            Errno.Perm => GrantStatus.PermissionDenied,
            _ => GrantStatus.BadDomain,
        };

    private static Errno SetUp(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out GrantSetupTable setup))
            return Errno.Fault;
        setup.Status = Find(ref vcpu, setup.Domain, out Link<Domain> domain);
        if (setup.FrameCount > GrantTable.MaximumFrames)
            return Errno.Inval;
        if (setup.Status == GrantStatus.Okay && !domain.Value.Grants.TryGrow(ref domain.Value, (int)setup.FrameCount))
            setup.Status = GrantStatus.GeneralError;
        for (int index = 0; setup.Status == GrantStatus.Okay && index < (int)setup.FrameCount; index++)
        {
            if (!GuestMemory.TryWrite64(unchecked(setup.FrameList + (ulong)index * 8), domain.Value.Grants[index].Value))
                setup.Status = GrantStatus.BadVirtualAddress;
        }
        return GuestMemory.TryWrite(record, setup) ? Errno.None : Errno.Fault;
    }

    private static Errno QuerySize(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out GrantQuerySize query))
            return Errno.Fault;
        query.Status = Find(ref vcpu, query.Domain, out Link<Domain> domain);
        if (query.Status == GrantStatus.Okay)
        {
            query.FrameCount = (uint)domain.Value.Grants.FrameCount;
            query.MaxFrameCount = GrantTable.MaximumFrames;
        }
        return GuestMemory.TryWrite(record, query) ? Errno.None : Errno.Fault;
    }

    private static Errno SetVersion(ulong record)
    {
        if (!GuestMemory.TryRead(record, out GrantSetVersion set))
            return Errno.Fault;
        bool accepted = set.Version == Version;
        set.Version = Version;
        if (!GuestMemory.TryWrite(record, set))
            return Errno.Fault;
        return accepted ? Errno.None : Errno.Inval;
    }

    private static Errno GetVersion(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out GrantGetVersion get))
            return Errno.Fault;
        Errno error = ForeignDomain.Find(ref vcpu, get.Domain, out _);
        if (error != Errno.None)
            return error;
        get.Version = Version;
        return GuestMemory.TryWrite(record, get) ? Errno.None : Errno.Fault;
    }
}
