using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Tables of level 2 to 4 on their way to being validated, or from there to being nothing. A tree of them can be as large as its domain, so the way
/// is gone in steps, and other domains run in between; the theory is in <see cref="FrameTable"/>.
///
/// A table that is left half-way on its way up is taken further by the call that wanted it, which is made again. One that is on its way down is noted
/// with its domain, at most one of each level, since children are taken apart before their parent goes on; calls that change tables first finish
/// what is noted, so a guest sees an unpinned tree as free when its call returns. If a note is lost, or a guest does not make its call again, the
/// table only stays what it is until somebody wants it or its domain dies.
/// </summary>
public static class PartlyValidated
{
    /// <summary>
    /// Goes on validating a table that has its own typed reference, which becomes the caller's. Errors: Restart where the budget of the present call
    /// is used up: it is to be made again; Inval where an entry is refused: the table is then taken apart.
    /// </summary>
    public static Errno GoOn(Mfn mfn, ref Frame frame, ref Domain domain)
    {
        Errno error = TableWalk.Get(mfn, ref frame, ref domain);
        if (error == Errno.None)
        {
            if (frame.Type == FrameType.L4)
                HypervisorTables.ShareInto(mfn);
            frame.EndValidation();
            return Errno.None;
        }
        frame.Mark(Frame.Partly);
        if (error != Errno.Restart)
            TakeApart(mfn, ref frame);
        return error;
    }

    /// <summary>Gives back what a table's first entries hold and then its own reference; what the budget does not allow is noted.</summary>
    public static void TakeApart(Mfn mfn, ref Frame frame)
    {
        if (TableWalk.TryPut(mfn, ref frame))
        {
            FrameTable.Forget(mfn, ref frame);
            return;
        }
        frame.Mark(Frame.Partly);
        if (DomainTable.TryFind(frame.Owner, out Link<Domain> owner))
            owner.Value.Memory.Unfinished.Note(mfn, (int)frame.Type);
    }

    /// <summary>Finishes what is noted with a domain; false where the budget does not allow all of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Finish(ref Domain domain) => domain.Memory.Unfinished.IsEmpty || FinishNoted(ref domain);

    private static bool FinishNoted(ref Domain domain)
    {
        while (!Preemption.IsDue && domain.Memory.Unfinished.TryTake(out Mfn mfn))
        {
            ref Frame frame = ref FrameTable.Of(mfn);
            if (frame.Owner == domain.Id && frame.Has(Frame.Partly))
                TakeApart(mfn, ref frame);
        }
        return domain.Memory.Unfinished.IsEmpty;
    }

    /// <summary>Has a table, and what of its next entry is half-way below it, taken apart by <see cref="Finish"/>.</summary>
    public static void Abandon(Mfn mfn, ref Domain domain)
    {
        for (FrameType level = FrameTable.Of(mfn).Type; level >= FrameType.L2; level--)
        {
            ref Frame frame = ref FrameTable.OfAny(mfn);
            if (frame.Owner != domain.Id || !frame.Has(Frame.Partly) || frame.Type != level)
                return;
            domain.Memory.Unfinished.Note(mfn, (int)level);
            if (frame.Place == PageTableEntry.Count)
                return;
            mfn = PageTableEntry.FrameOf(DirectMap.Table(mfn)[frame.Place]);
        }
    }
}
