using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// The calls on the table itself: its frames, how many they may be, and its version, which is 1 as on a Xen that was told gnttab=max-ver:1.
/// </summary>
internal static class TableCalls
{
    private const uint OnlyVersion = 1, KnownVersion = 2;

    /// <summary>Whose table is meant: the caller's own, or any that there is for the privileged. Errors: Perm, Srch.</summary>
    private static Errno Find(ref VirtualCpu vcpu, ushort id, out Link<Domain> domain)
    {
        domain = vcpu.DomainLink;
        if (id == DomainIds.Self || id == vcpu.Domain.Id)
            return Errno.None;
        if (!GrantAccess.TryFindGranter(id, out domain))
            return Errno.Srch;
        return vcpu.Domain.Rights.ControlsOthers ? Errno.None : Errno.Perm;
    }

    private static GrantStatus StatusOf(Errno error) => error switch
    {
        Errno.None => GrantStatus.Okay,
        Errno.Perm => GrantStatus.PermissionDenied,
        _ => GrantStatus.BadDomain,
    };

    /// <summary>GNTTABOP_setup_table. Errors: Fault.</summary>
    internal static Errno SetUp(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantSetupTable setup))
            return Errno.Fault;
        setup.Status = StatusOf(Find(ref vcpu, setup.Domain, out Link<Domain> domain));
        if (setup.Status == GrantStatus.Okay)
            setup.Status = SetUp(ref domain.Value, setup);
        return GuestMemory.TryWrite(record, setup) ? Errno.None : Errno.Fault;
    }

    private static GrantStatus SetUp(ref Domain domain, in GrantSetupTable setup)
    {
        if (setup.FrameCount > GrantTable.MaximumFrames || !domain.Grants.TryGrow(ref domain, (int)setup.FrameCount))
            return GrantStatus.GeneralError;
        Preemption.Charge(Cost.SmallRecord, setup.FrameCount);
        var status = GrantStatus.Okay;
        for (int index = 0; index < (int)setup.FrameCount; index++)
        {
            if (!GuestMemory.TryWrite64(new GuestAddress(setup.FrameList) + (ulong)index * 8, domain.Grants[index].Value))
                status = GrantStatus.BadVirtualAddress;
        }
        return status;
    }

    /// <summary>GNTTABOP_query_size. Errors: Fault.</summary>
    internal static Errno QuerySize(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantQuerySize query))
            return Errno.Fault;
        query.Status = StatusOf(Find(ref vcpu, query.Domain, out Link<Domain> domain));
        if (query.Status == GrantStatus.Okay)
        {
            query.FrameCount = (uint)domain.Value.Grants.FrameCount;
            query.MaxFrameCount = GrantTable.MaximumFrames;
        }
        return GuestMemory.TryWrite(record, query) ? Errno.None : Errno.Fault;
    }

    /// <summary>GNTTABOP_get_status_frames: a table of version 1 has none. Errors: Fault.</summary>
    internal static Errno GetStatusFrames(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantGetStatusFrames get))
            return Errno.Fault;
        get.Status = StatusOf(Find(ref vcpu, get.Domain, out _));
        if (get.Status == GrantStatus.Okay && get.FrameCount != 0)
            get.Status = GrantStatus.GeneralError;
        return GuestMemory.TryWrite(record, get) ? Errno.None : Errno.Fault;
    }

    /// <summary>GNTTABOP_set_version; the record then tells the version there is. Errors: Fault, Inval for no version at all, NoSys for 2.</summary>
    internal static Errno SetVersion(GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantSetVersion set))
            return Errno.Fault;
        Errno error = set.Version switch
        {
            OnlyVersion => Errno.None,
            KnownVersion => Errno.NoSys,
            _ => Errno.Inval,
        };
        set.Version = OnlyVersion;
        return GuestMemory.TryWrite(record, set) ? error : Errno.Fault;
    }

    /// <summary>GNTTABOP_get_version. Errors: Fault, Perm, Srch.</summary>
    internal static Errno GetVersion(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantGetVersion get))
            return Errno.Fault;
        Errno error = Find(ref vcpu, get.Domain, out _);
        if (error != Errno.None)
            return error;
        get.Version = OnlyVersion;
        return GuestMemory.TryWrite(record, get) ? Errno.None : Errno.Fault;
    }
}
