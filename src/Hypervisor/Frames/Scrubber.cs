using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Frames;

/// <summary>
/// Clears frames that were used, while they are free. A frame that comes back is only marked; an idle processor clears what is marked, a few frames
/// at a time, and what it has not come to is cleared when it is given to a domain. Never is a frame cleared twice for one use, and never one that
/// nobody has used since boot before somebody wants it: that would only touch memory for nothing.
///
/// Theory. The clearing itself needs no lock, since nobody reaches what is in a free frame. Under the lock a few frames of one block are chosen, no
/// processor remembers them any more, and their marks go: they are the window. Then their memory is cleared without it, and each leaves the window by
/// one store. The block stays on its list all the time, so whatever is free can be taken; who takes frames that are in the window waits, with the
/// lock, until they have left it, which needs no lock and so comes. One processor clears at a time.
/// </summary>
public static class Scrubber
{
    private const int FramesPerSlice = 16, RecordsPerSlice = 2048, WindowLength = 64;

    private static ref ulong Next => ref FramesState.Now.ScrubberNext;

    /// <summary>
    /// The window: which of the frames from one on are yet to be cleared, a bit each. Who clears one takes its bit away without the lock.
    /// </summary>
    private static ref ulong Uncleared => ref FramesState.Now.ScrubberUncleared;
    private static ref ulong WindowStart => ref FramesState.Now.ScrubberWindowStart;

    /// <summary>Frames cleared while they were free, and when they were given.</summary>
    public static ulong ClearedIdle => FramesState.Now.ScrubberClearedIdle;

    /// <inheritdoc cref="ClearedIdle"/>
    public static ulong ClearedGiven => FramesState.Now.ScrubberClearedGiven;

    /// <summary>Chooses a few frames, which <see cref="Clear"/> is to clear; false where there is nothing to clear.</summary>
    public static bool TryBegin()
    {
        HypervisorLock.Demand();
        if (!FrameAllocator.TryFindUnclean(out Mfn block, out ulong frames, out bool isNew))
            return false;
        if (isNew)
            Next = 0;
        ulong chosen = 0, last = frames;
        int count = 0;
        for (int turn = 0; turn < RecordsPerSlice && count < FramesPerSlice && Next < last; turn++, Next++)
        {
            ref Frame frame = ref FrameTable.Of(block.Plus(Next));
            if (!frame.Has(Frame.Used))
                continue;
            if (count == 0)
                (WindowStart, last) = (block.Plus(Next).Value, Next + WindowLength < frames ? Next + WindowLength : frames);
            chosen |= 1ul << unchecked((int)(block.Value + Next - WindowStart));
            count++;
            // A former owner's stale translation must not write to it once it is clean.
            Flushes.BeforeNewOwner(ref frame);
            frame.Unmark(Frame.Used);
        }
        FramesState.Now.ScrubberClearedIdle += (ulong)count;
        Volatile.Write(ref Uncleared, chosen);
        if (Next == frames)
            FrameAllocator.SetClean(block);
        return true;
    }

    /// <summary>Clears what was chosen: without the lock, interrupts off.</summary>
    public static void Clear()
    {
        for (ulong left = Uncleared; left != 0; Volatile.Write(ref Uncleared, left))
        {
            DirectMap.Frame(new Mfn(WindowStart + (ulong)BitOperations.TrailingZeroCount(left))).Clear();
            left &= left - 1;
        }
    }

    /// <summary>So many frames have been taken from a free block: waits, where they are just being cleared, until they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Await(ulong start, ulong frames)
    {
        while (IsClearing(start, start + frames))
            Instructions.Pause();
    }

    /// <summary>Whether any of the frames [start, end) is in the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsClearing(ulong start, ulong end)
    {
        ulong left = Volatile.Read(ref Uncleared);
        return left != 0 && start < WindowStart + WindowLength && WindowStart < end && (left & Places(start, end)) != 0;
    }

    /// <summary>The places in the window of frames [start, end), of which some lie in it.</summary>
    private static ulong Places(ulong start, ulong end)
    {
        int first = start <= WindowStart ? 0 : (int)(start - WindowStart);
        ulong places = ulong.MaxValue << first;
        return end - WindowStart < WindowLength ? places & ((1ul << (int)(end - WindowStart)) - 1) : places;
    }

    /// <summary>Clears a frame that has been taken for a domain, if need be: false where it is clean.</summary>
    public static bool ClearTaken(Mfn mfn)
    {
        ref Frame frame = ref FrameTable.Of(mfn);
        if (!frame.Has(Frame.Used | Frame.Fresh))
            return false;
        DirectMap.Frame(mfn).Clear();
        frame.Unmark(Frame.Used | Frame.Fresh);
        FramesState.Now.ScrubberClearedGiven++;
        return true;
    }
}
