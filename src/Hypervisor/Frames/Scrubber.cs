using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>
/// Clears frames that were used, while they are free. A frame that comes back is only marked; idle processors clear what is marked, a few frames at
/// a time, and what they have not come to is cleared when it is given to a domain. Never is a frame cleared twice for one use, and never one that
/// nobody has used since boot before somebody wants it: that would only touch memory for nothing.
/// </summary>
public static class Scrubber
{
    private const int FramesPerSlice = 16, RecordsPerSlice = 2048;

    private static ulong next;

    /// <summary>Frames cleared while they were free, and when they were given.</summary>
    public static ulong ClearedIdle { get; private set; }

    /// <inheritdoc cref="ClearedIdle"/>
    public static ulong ClearedGiven { get; private set; }

    /// <summary>Clears a few frames; false where there is nothing to clear.</summary>
    public static bool Step()
    {
        if (!FrameAllocator.TryFindUnclean(out Mfn block, out ulong frames, out bool isNew))
            return false;
        if (isNew)
            next = 0;
        int cleared = 0;
        for (int turn = 0; turn < RecordsPerSlice && cleared < FramesPerSlice && next < frames; turn++, next++)
        {
            if (FrameTable.Of(block.Plus(next)).Has(Frame.Used))
            {
                Clear(block.Plus(next));
                cleared++;
            }
        }
        ClearedIdle += (ulong)cleared;
        if (next == frames)
            FrameAllocator.SetClean(block);
        return true;
    }

    /// <summary>A former owner's stale translation must not write to it once it is clean.</summary>
    private static void Clear(Mfn mfn)
    {
        ref Frame frame = ref FrameTable.Of(mfn);
        Flushes.BeforeNewOwner(ref frame);
        DirectMap.Frame(mfn).Clear();
        frame.Unmark(Frame.Used);
    }

    /// <summary>Clears a frame that has been taken for a domain, if need be: false where it is clean.</summary>
    public static bool ClearTaken(Mfn mfn)
    {
        ref Frame frame = ref FrameTable.Of(mfn);
        if (!frame.Has(Frame.Used | Frame.Fresh))
            return false;
        DirectMap.Frame(mfn).Clear();
        frame.Unmark(Frame.Used | Frame.Fresh);
        ClearedGiven++;
        return true;
    }
}
