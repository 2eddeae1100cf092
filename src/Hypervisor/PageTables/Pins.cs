using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>Tables that stay validated because their guest wants it: a pin is a typed reference, one for each frame.</summary>
public static class Pins
{
    /// <summary>Pins a table. Errors: Inval for what is no frame of the domain's, is pinned, or does not validate; Restart.</summary>
    public static Errno Pin(ref Domain domain, Mfn mfn, FrameType type)
    {
        ref Frame frame = ref FrameTable.OfAny(mfn);
        if (frame.Owner != domain.Id || frame.Has(Frame.Pinned))
            return Errno.Inval;
        Errno error = TypedReferences.Get(mfn, type, domain.Id, ref domain);
        if (error == Errno.None)
            frame.Mark(Frame.Pinned);
        return error;
    }

    /// <summary>Takes a pin away. Errors: Inval where there is none.</summary>
    public static Errno Unpin(ref Domain domain, Mfn mfn)
    {
        if (!FrameTable.IsOwnedBy(mfn, domain.Id) || !FrameTable.Of(mfn).Has(Frame.Pinned))
            return Errno.Inval;
        FrameTable.Of(mfn).Unmark(Frame.Pinned);
        TypedReferences.Put(mfn);
        return Errno.None;
    }

    /// <summary>Takes all pins of a domain away, and takes apart what is half-way; true at the end of the walk over its frames.</summary>
    public static bool TryRelease(ref Domain domain)
    {
        while (FrameList.TryWalk(ref domain, out Mfn mfn))
        {
            Preemption.Charge(Cost.Port);
            if (Unpin(ref domain, mfn) != Errno.None && FrameTable.Of(mfn).Has(Frame.Partly))
                PartlyValidated.TakeApart(mfn, ref FrameTable.Of(mfn));
        }
        return FrameList.IsWalked(domain);
    }
}
