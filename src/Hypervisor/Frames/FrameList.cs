using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>The list of a domain's frames, linked through the frame table; a frame is on its owner's list from allocation to release.</summary>
public static class FrameList
{
    /// <summary>Gives a frame that was just allocated to a domain, with the allocation's reference.</summary>
    public static void Add(ref Domain domain, Mfn mfn)
    {
        ref Frame frame = ref FrameTable.Of(mfn);
        frame.Owner = domain.Id;
        frame.BeginAllocated();
        frame.Previous = Frame.Nil;
        frame.Next = domain.Memory.FirstFrame;
        if (domain.Memory.FirstFrame != Frame.Nil)
            FrameTable.All[domain.Memory.FirstFrame].Previous = (uint)mfn.Value;
        domain.Memory.FirstFrame = (uint)mfn.Value;
        domain.Memory.PageCount++;
    }

    /// <summary>Takes a frame off its owner's list; it then belongs to nobody.</summary>
    public static void Remove(ref Domain domain, Mfn mfn)
    {
        ref Frame frame = ref FrameTable.Of(mfn);
        if (frame.Previous == Frame.Nil)
            domain.Memory.FirstFrame = frame.Next;
        else
            FrameTable.All[frame.Previous].Next = frame.Next;
        if (frame.Next != Frame.Nil)
            FrameTable.All[frame.Next].Previous = frame.Previous;
        // A walk that stood on it goes on behind it, and need not begin again.
        if (domain.Memory.WalkCursor == (uint)mfn.Value)
            domain.Memory.WalkCursor = frame.Next;
        frame.Owner = DomainIds.Invalid;
        domain.Memory.PageCount--;
    }

    /// <summary>
    /// The next frame of a walk over a domain's list that begins anywhere and ends where the budget is used up: false there, and at the end. What is
    /// done with a frame may take the very one off the list that comes next: then <see cref="Remove"/> has moved the walk on.
    /// </summary>
    public static bool TryWalk(ref Domain domain, out Mfn mfn)
    {
        mfn = new Mfn(domain.Memory.WalkCursor);
        if (IsWalked(domain) || Preemption.IsDue)
            return false;
        domain.Memory.WalkCursor = FrameTable.Of(mfn).Next;
        return true;
    }

    /// <summary>Whether such a walk has come to its end.</summary>
    public static bool IsWalked(in Domain domain) => domain.Memory.WalkCursor == Frame.Nil;
}
