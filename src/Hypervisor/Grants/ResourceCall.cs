using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// XENMEM_acquire_resource (ABI 09 §9.10): the frames of another domain's grant table, for who may control it to map them as that domain's.
/// </summary>
public static class ResourceCall
{
    /// <summary>
    /// Without a list it tells how many frames there may be; with one the table grows to what is asked for. Errors: Fault;
    /// Inval for a part beyond what may be, or nothing; Srch, Perm, Perm for the caller itself; OpNotSupp for what is no resource of Xen's; NoMem.
    /// </summary>
    public static long Acquire(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out AcquireResource wanted))
            return CallResult.Error(Errno.Fault);
        if (wanted.Reserved != 0 || wanted.Frame > uint.MaxValue - wanted.FrameCount)
            return CallResult.Error(Errno.Inval);
        Errno error = Find(ref vcpu, wanted.Domain, out Link<Domain> domain);
        if (error == Errno.None)
            error = Check(wanted);
        if (error != Errno.None)
            return CallResult.Error(error);
        if (wanted.FrameList != 0)
            return CallResult.Error(Tell(ref domain.Value, wanted));
        if (wanted.FrameCount != 0 || wanted.Frame != 0)
            return CallResult.Error(Errno.Inval);
        wanted.FrameCount = GrantTable.MaximumFrames;
        return GuestMemory.TryWrite(record, wanted) ? 0 : CallResult.Error(Errno.Fault);
    }

    /// <summary>Another domain than the caller, over which it has control.</summary>
    private static Errno Find(ref VirtualCpu vcpu, ushort id, out Link<Domain> domain)
    {
        if (!GrantAccess.TryFindGranter(id, out domain))
            return Errno.Srch;
        return id != vcpu.Domain.Id && vcpu.Domain.Rights.ControlsOthers ? Errno.None : Errno.Perm;
    }

    /// <summary>A paravirtual guest has no other resource than its grant table, and one of version 1 has no frames of status.</summary>
    private static Errno Check(in AcquireResource wanted) => wanted.Type switch
    {
        ResourceType.GrantTable => wanted.Id == (uint)GrantTableResource.Shared ? Errno.None : Errno.Inval,
        ResourceType.IoreqServer or ResourceType.VmtraceBuffer => Errno.Inval,
        _ => Errno.OpNotSupp,
    };

    private static Errno Tell(ref Domain domain, in AcquireResource wanted)
    {
        ulong end = wanted.Frame + wanted.FrameCount;
        if (wanted.FrameCount == 0 || end > GrantTable.MaximumFrames)
            return Errno.Inval;
        if (!domain.Grants.TryGrow(ref domain, (int)end))
            return Errno.NoMem;
        Preemption.Charge(Cost.SmallRecord, wanted.FrameCount);
        for (ulong index = 0; index < wanted.FrameCount; index++)
        {
            Mfn frame = domain.Grants[(int)(wanted.Frame + index)];
            if (!GuestMemory.TryWrite64(new GuestAddress(wanted.FrameList) + index * 8, frame.Value))
                return Errno.Fault;
        }
        return Errno.None;
    }
}
