using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>
/// GNTTABOP_transfer, the page flip: a frame of the caller's becomes the property of a domain that has said it would accept one. As the ABI has it,
/// the caller has lost the frame whatever the status says, but for bad_page.
/// </summary>
internal static class TransferCall
{
    private const uint StatusOffset = 16;

    /// <summary>Bytes of a record.</summary>
    internal const uint RecordBytes = 24;

    /// <summary>
    /// One record. `isForgotten` tells that no processor remembers any frame that is mapped nowhere; for all records of a call that is seen to once,
    /// since nothing is unmapped meanwhile. Errors: Fault.
    /// </summary>
    internal static Errno Perform(ref VirtualCpu vcpu, GuestAddress record, ref bool isForgotten)
    {
        if (!GuestMemory.TryRead(record, out GrantTransfer transfer))
            return Errno.Fault;
        Preemption.Charge(Cost.GrantRecord);
        GrantStatus status = Transfer(ref vcpu.Domain, transfer, ref isForgotten);
        return GuestMemory.TryWrite(record + StatusOffset, status) ? Errno.None : Errno.Fault;
    }

    private static GrantStatus Transfer(ref Domain giver, in GrantTransfer transfer, ref bool isForgotten)
    {
        var frame = new Mfn(transfer.Frame);
        ref Frame record = ref FrameTable.OfAny(frame);
        if (record.Owner != giver.Id || record.Count != 1 || !record.Has(Frame.Allocated))
            return GrantStatus.BadPage;
        if (!DomainTable.TryFind(transfer.Domain, out Link<Domain> link))
            return Lose(frame, GrantStatus.BadDomain);
        ref Domain taker = ref link.Value;
        // In a transfer to oneself the frame counts once.
        ulong pages = taker.Memory.CountedPages - (taker.Id == giver.Id ? 1ul : 0);
        if (!taker.IsThere || pages >= taker.Memory.MaximumPages || !TryCommit(ref taker, transfer.Reference, giver.Id))
            return Lose(frame, GrantStatus.GeneralError);
        if (!isForgotten)
            Forget(ref record);
        isForgotten = true;
        CacheAttributes.Forget(frame, ref record);
        FrameList.Remove(ref giver, frame);
        FrameList.Add(ref taker, frame);
        Complete(taker.Grants, transfer.Reference, frame);
        return GrantStatus.Okay;
    }

    /// <summary>
    /// Before the taker is told, who may read and write the frame at once: processors may remember it though it is mapped nowhere any more.
    /// </summary>
    private static void Forget(ref Frame record)
    {
        record.Stamp = Tlb.Clock;
        Flushes.BeforeNewOwner(ref record);
    }

    private static GrantStatus Lose(Mfn frame, GrantStatus status)
    {
        FrameTable.PutAllocation(frame);
        return status;
    }

    /// <summary>Marks the entry of one who accepts a frame from the giver; from then on the entry is the hypervisor's until it is complete.</summary>
    private static bool TryCommit(ref Domain taker, uint reference, ushort giver)
    {
        if (reference >= taker.Grants.EntryCount)
            return false;
        ref uint word = ref taker.Grants.Entry(reference).Word;
        return GrantAccess.TryMark(ref word, uint.MaxValue, SharedGrant.WordFor(GrantFlags.AcceptTransfer, giver), GrantFlags.TransferCommitted);
    }

    /// <summary>Tells the frame's number, and only then that it is there.</summary>
    private static void Complete(in GrantTable table, uint reference, Mfn frame)
    {
        ref SharedGrant entry = ref table.Entry(reference);
        MachineToPhysical.Set(frame, Volatile.Read(ref entry.Frame));
        Volatile.Write(ref entry.Frame, (uint)frame.Value);
        Interlocked.Or(ref entry.Word, (uint)GrantFlags.TransferCompleted);
    }
}
