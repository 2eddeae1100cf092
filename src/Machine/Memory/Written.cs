using System.Runtime.CompilerServices;

namespace Serai.Machine.Memory;

/// <summary>
/// Each write of the hypervisor into a guest's frame by its machine address is named here, beside the write. Nobody listens yet, so it costs
/// nothing; who saves a domain while it runs will note dirty frames here, and only here. What a domain is given is written too, and so is all that
/// it is built of.
///
/// Two kinds of writes do not come here, and need not. What is shared with the hypervisor at all times (shared_info, the records of virtual CPUs,
/// the grant table, FIFO words and control blocks, the rings, the EOI map) is written at any moment, by Entry.S without a call: those frames
/// are few, the domain's records name them (InvariantWalk.CountDomain), and they count as dirty always. And what is written by a guest's own address
/// (frames onto its stack, copies to its buffers, runstate areas) passes the guest's page tables as its own writes do, and is noted as those are: by
/// the entry's dirty bit, or by the fault that a write-protected entry gives.
/// </summary>
public static class Written
{
    /// <summary>Something in a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Frame(Mfn frame)
    {
    }

    /// <summary>An entry of a page table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Entry(ref ulong slot)
    {
    }
}
