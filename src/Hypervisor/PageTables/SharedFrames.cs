using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Frames that a domain owns and the hypervisor writes: shared_info, the grant table. The hypervisor's typed reference keeps them writable for
/// ever, so they never become tables; they cannot be given back, and do not count as the domain's memory.
/// </summary>
public static class SharedFrames
{
    /// <summary>
    /// A frame of the hypervisor's own, which no guest ever sees: what is written into a shared page that is no more goes there, and is never read
    /// for anything that matters.
    /// </summary>
    public static Mfn Nowhere => PageTablesState.Now.SharedFramesNowhere;

    /// <summary>At boot: <paramref name="cleared"/> is the machine address of a cleared frame, which is <see cref="Nowhere"/> from now on.</summary>
    public static void Initialise(ulong cleared) => PageTablesState.Now.SharedFramesNowhere = Mfn.Of(new(cleared));

    /// <summary>Makes one, cleared; false where there is no memory.</summary>
    public static bool TryMake(ref Domain domain, out Mfn frame)
    {
        const int anyAddress = 64;
        if (!Allocations.TryGive(ref domain, 0, anyAddress, out frame))
            return false;
        TypedReferences.Get(frame, FrameType.Writable, domain.Id, ref domain);
        FrameTable.Of(frame).Mark(Frame.Shared);
        domain.Memory.SharedPages++;
        return true;
    }

    /// <summary>Lets the hypervisor's reference go, and the frame: it is free once the guest maps it no more.</summary>
    public static void Release(ref Domain domain, Mfn frame)
    {
        domain.Memory.SharedPages--;
        FrameTable.Of(frame).Unmark(Frame.Shared);
        TypedReferences.Put(frame);
        FrameTable.PutAllocation(frame);
    }
}
