using System.Threading;

using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Machine.Clock;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// What a processor that idles does for the machine: it takes dead domains apart, clears frames, writes what waits to be written. Whoever runs is
/// not to feel it, and all of it needs the lock now and then; so one processor does it at a time, the keeper, the lock is held for short pieces
/// only, and who had to wait for one of them has the lock to itself for as long as many such pieces would take.
/// </summary>
public static class Housework
{
    /// <summary>So many times as long as it held the lock the keeper stays out where somebody waited: it slows others by a thirty-second.</summary>
    private const ulong Politeness = 31;

    /// <summary>The longest hold that is reckoned with, in ticks of the time-stamp counter.</summary>
    private const ulong LongestHold = 1_000_000;

    /// <summary>The keeper's number plus one while it is out; 0 while there is none, or while it holds the lock.</summary>
    private static ref uint Keeper => ref TrapsState.Now.HouseworkKeeper;

    /// <summary>When the keeper had the lock again.</summary>
    private static ref ulong TakenAt => ref TrapsState.Now.HouseworkTakenAt;

    /// <summary>Whether another processor does the housework.</summary>
    public static bool IsAnothers => Keeper != 0;

    /// <summary>
    /// A processor has nobody to run, and something is to be done, or perhaps frames are to be cleared: gives the lock up, and takes interrupts;
    /// false where there is nothing to do, or another does it.
    /// </summary>
    public static bool TryKeep(ref ProcessorState processor, bool isDue)
    {
        if (IsAnothers || !(isDue || Scrubber.TryBegin()))
            return false;
        Keeper = processor.Number + 1;
        LockHolder.Leave(ref processor);
        ulong away = Volatile.Read(ref processor.LockWanted) != 0 ? Away() : 0;
        Idle.Leave();
        Scrubber.Clear();
        Idle.StayOut(processor, away);
        Idle.Return(ref processor);
        Keeper = 0;
        TakenAt = TimeSource.Now;
        return true;
    }

    private static ulong Away()
    {
        ulong held = Duration.Between(TakenAt, TimeSource.Now);
        return Politeness * (held < LongestHold ? held : LongestHold);
    }
}
