using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// GNTTABOP_cache_flush: writes part of a frame back from the caches. On this processor devices see the caches, so nobody needs it; it is done all
/// the same for the caller's own frames and those it has mapped.
/// </summary>
internal static class CacheFlushCall
{
    private const ulong LongestSearch = GrantTable.MaximumFrames * (Mfn.Size / 8) * Cost.Grant;

    private const uint LineBytes = 64;

    /// <summary>Bytes of a record.</summary>
    internal const uint RecordBytes = 16;

    /// <summary>
    /// One record. Errors: Fault, Inval, Perm, OpNotSupp for what the processor cannot: to forget without writing back; Restart where too little is
    /// left of the present call's budget for a search among all of a domain's grants.
    /// </summary>
    internal static Errno Perform(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantCacheFlush flush))
            return Errno.Fault;
        if (!Preemption.Allows(LongestSearch))
            return Errno.Restart;
        Preemption.Charge(Cost.GrantRecord);
        if (flush.Offset >= Mfn.Size || flush.Offset + (uint)flush.Length > Mfn.Size)
            return Errno.Inval;
        if (flush.Length == 0 || flush.Operations == GrantCacheOperations.None)
            return Errno.None;
        if ((flush.Operations & GrantCacheOperations.SourceGrantRef) != 0)
            return Errno.OpNotSupp;
        if ((flush.Operations & ~(GrantCacheOperations.Clean | GrantCacheOperations.Invalidate)) != 0)
            return Errno.Inval;
        Errno error = MayFlush(ref vcpu.Domain, Mfn.Of(new(flush.DeviceBusAddress)));
        if (error == Errno.None && flush.Operations == GrantCacheOperations.Invalidate)
            error = Errno.OpNotSupp;
        if (error != Errno.None)
            return error;
        Preemption.Charge(Cost.LineWrittenBack, (flush.Offset % LineBytes + flush.Length + (LineBytes - 1)) / LineBytes);
        DirectMap.WriteBack(Mfn.Of(new(flush.DeviceBusAddress)).Address + flush.Offset, flush.Length);
        return Errno.None;
    }

    private static Errno MayFlush(ref Domain domain, Mfn frame)
    {
        if (!FrameTable.Exists(frame))
            return Errno.Inval;
        ref Frame record = ref FrameTable.Of(frame);
        if (record.Owner == domain.Id && record.Count != 0)
            return Errno.None;
        if (record.Count == 0 || !DomainTable.TryFind(record.Owner, out Link<Domain> owner))
            return Errno.Perm;
        return IsGranted(ref owner.Value.Grants, frame, domain.Id) ? Errno.None : Errno.Inval;
    }

    private static bool IsGranted(ref GrantTable table, Mfn frame, ushort user)
    {
        if (table.Outstanding == 0)
            return false;
        Preemption.Charge(Cost.Grant, table.ActiveCount);
        for (uint reference = 0; reference < table.ActiveCount; reference++)
        {
            ref ActiveGrant active = ref table.Active(reference);
            if (active.Pins != 0 && active.User == user && active.Frame == frame.Value)
                return true;
        }
        return false;
    }
}
