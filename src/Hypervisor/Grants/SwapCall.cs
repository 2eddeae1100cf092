using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Grants;

/// <summary>GNTTABOP_swap_grant_ref: two of the caller's own entries change places, as long as nobody uses either.</summary>
internal static class SwapCall
{
    private const uint StatusOffset = 8;

    /// <summary>Bytes of a record.</summary>
    internal const uint RecordBytes = 12;

    /// <summary>One record. Errors: Fault.</summary>
    internal static Errno Perform(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out GrantSwapReference swap))
            return Errno.Fault;
        Preemption.Charge(Cost.GrantRecord);
        GrantStatus status = Swap(ref vcpu.Domain.Grants, swap.ReferenceA, swap.ReferenceB);
        return GuestMemory.TryWrite(record + StatusOffset, status) ? Errno.None : Errno.Fault;
    }

    private static GrantStatus Swap(ref GrantTable table, uint first, uint second)
    {
        if (first >= table.EntryCount || second >= table.EntryCount)
            return GrantStatus.BadGrantRef;
        if (first == second)
            return GrantStatus.Okay;
        if (table.Active(first).Pins != 0 || table.Active(second).Pins != 0)
            return GrantStatus.Again;
        // The guest's own memory: if it writes to it meanwhile, that is its own affair.
        (table.Entry(first), table.Entry(second)) = (table.Entry(second), table.Entry(first));
        return GrantStatus.Okay;
    }
}
