using System.Runtime;
using System.Runtime.CompilerServices;

using Serai.Machine.Clock;

namespace Serai.Machine.Processor;

/// <summary>
/// The checked image (`./run build --checked`): every way into and out of the lock comes by here, and a broken rule is a panic. It also keeps how
/// long the lock was held, and waited for, by what the holder spent most of that time with. In the ordinary image nothing of it is left.
/// </summary>
public static class LockWatch
{
    /// <summary>Whether this is the checked image.</summary>
    public static bool IsOn =>
#if CHECKED
        true;
#else
        false;
#endif

    /// <summary>A call has so many commands that are told apart.</summary>
    public const uint Commands = 64;

    private static readonly ulong[] longest = new ulong[(int)LockUse.Uses * (int)Commands];
    private static readonly ulong[] wantedAt = new ulong[ProcessorState.Maximum];
    private static readonly ulong[] holds = new ulong[(int)LockUse.Uses], held = new ulong[(int)LockUse.Uses], waited = new ulong[(int)LockUse.Uses];
    private static readonly uint[] gaps = new uint[MostStretches], lengths = new uint[MostStretches];
    private static uint stretches;
    private static ulong watchedSince, givenAt;
    private static uint holder;
    private static ulong takenAt, waitedFor, usedSince, most;
    private static uint use, mostUse;

    /// <summary>The longest time, in ticks of the time-stamp counter, that the lock was held mainly for a use, or a command of a call.</summary>
    public static ulong Longest(LockUse use, uint command = 0) => longest[(int)PlaceOf(use, command)];

    /// <summary>How often the lock was held mainly for a use, for how many ticks in all, and for how many who took it for that had waited.</summary>
    public static ulong Sum(LockUse use, out ulong ticksHeld, out ulong ticksWaited)
    {
        (ticksHeld, ticksWaited) = (held[(int)use], waited[(int)use]);
        return holds[(int)use];
    }

    /// <summary>So many of the first processor's last stretches without the lock and with it are kept.</summary>
    public const int MostStretches = 256;

    /// <summary>For how many ticks it has been measured.</summary>
    public static ulong WatchedFor => Duration.Between(watchedSince, TimeSource.Now);

    /// <summary>
    /// The ticks of a stretch without the lock and of the one with it that followed, from the oldest that is kept; false behind the last.
    /// </summary>
    public static bool TryStretch(int place, out uint gap, out uint length)
    {
        uint count = stretches < MostStretches ? stretches : MostStretches;
        uint index = (stretches - count + (uint)place) % MostStretches;
        (gap, length) = (gaps[(int)index], lengths[(int)index]);
        return place < count;
    }

    private static uint PlaceOf(LockUse use, uint command) => (uint)use * Commands + command % Commands;

    /// <summary>Forgets what was measured: the machine has come up.</summary>
    public static void Forget()
    {
        if (!IsOn)
            return;
        for (int index = 0; index < longest.Length; index++)
            longest[index] = 0;
        for (int index = 0; index < holds.Length; index++)
            holds[index] = held[index] = waited[index] = 0;
        takenAt = usedSince = watchedSince = TimeSource.Now;
        (most, waitedFor, stretches) = (0, 0, 0);
    }

    /// <summary>The holder begins with something else, such as a command of a call.</summary>
    public static void Note(LockUse next, uint command = 0)
    {
        if (IsOn)
            Begin(PlaceOf(next, command));
    }

    private static void Begin(uint next)
    {
        ulong now = TimeSource.Now, used = Duration.Between(usedSince, now);
        if (used >= most)
            (most, mostUse) = (used, use);
        (use, usedSince) = (next, now);
    }

    internal static void DemandHeld()
    {
        if (holder != CurrentProcessor.Number + 1)
            Failure.LockRule(holder);
        if (InterruptsAreOn() != 0)
            Failure.LockRule(holder);
    }

    internal static void DemandFree()
    {
        if (holder == CurrentProcessor.Number + 1)
            Failure.LockRule(holder);
    }

    [RuntimeImport("*", "X64InterruptsAreOn"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int InterruptsAreOn();

#if CHECKED
    [RuntimeExport("LockWanted")]
#endif
    private static void Wanted()
    {
        DemandFree();
        wantedAt[(int)CurrentProcessor.Number] = TimeSource.Now;
    }

#if CHECKED
    [RuntimeExport("LockTaken")]
#endif
    private static void Taken()
    {
        if (holder != 0)
            Failure.LockRule(holder);
        holder = CurrentProcessor.Number + 1;
        takenAt = usedSince = TimeSource.Now;
        waitedFor = Duration.Between(wantedAt[(int)CurrentProcessor.Number], takenAt);
        use = mostUse = PlaceOf(LockUse.Work, 0);
        most = 0;
        DemandHeld();
    }

    private static void Keep(ulong gap, ulong length)
    {
        int index = (int)(stretches % MostStretches);
        gaps[index] = gap < uint.MaxValue ? (uint)gap : uint.MaxValue;
        lengths[index] = length < uint.MaxValue ? (uint)length : uint.MaxValue;
        stretches = unchecked(stretches + 1) == 0 ? MostStretches : unchecked(stretches + 1);
        givenAt = usedSince;
    }

#if CHECKED
    [RuntimeExport("LockGiven")]
#endif
    private static void Given()
    {
        DemandHeld();
        Begin(PlaceOf(LockUse.Work, 0));
        ulong ticks = Duration.Between(takenAt, usedSince);
        if (ticks > longest[(int)mostUse])
            longest[(int)mostUse] = ticks;
        int kind = (int)(mostUse / Commands);
        holds[kind]++;
        held[kind] += ticks;
        waited[kind] += waitedFor;
        if (holder == 1)
            Keep(Duration.Between(givenAt, wantedAt[0]), ticks);
        holder = 0;
    }
}
