using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>
/// Measures the time-stamp counter and the local APIC's timer against a clock of known rate. No wait is without a limit, and the limits are counts
/// of looks: while a host lets the machine stand, it does not look either.
/// </summary>
public static class Calibration
{
    private const int MostRuns = 16;

    /// <summary>A run of 20 ms is over after far fewer looks; a clock that needs more has stopped.</summary>
    private const uint MostLooks = 1 << 18;

    private const ulong Billion = 1_000_000_000;

    /// <summary>What the three counters showed at one moment; the local APIC's timer counts down.</summary>
    private struct Moment
    {
        public ulong Counter, Reference;
        public uint Apic;
    }

    /// <summary>What was measured against.</summary>
    public static ReferenceKind Reference => PerMachine<State>.Now.Reference;

    private struct State
    {
        public ReferenceKind Reference;
    }

    /// <summary>Tries one clock after the other until one has measured; false where none can.</summary>
    public static bool TryMeasure(out ulong hertz)
    {
        for (ReferenceKind kind = ReferenceKind.IntervalTimer; kind <= ReferenceKind.Processor; kind++)
        {
            if (!ReferenceClock.TryOpen(kind) || !TryMeasureNow(out hertz) || hertz == 0)
                continue;
            PerMachine<State>.Now.Reference = kind;
            return true;
        }
        PerMachine<State>.Now.Reference = ReferenceKind.None;
        hertz = 0;
        return false;
    }

    /// <summary>
    /// Measures in runs of 20 ms until two agree to a thousandth. A machine that is itself a guest is stopped at any place for any time; one run
    /// that was stopped is not like another.
    /// </summary>
    private static bool TryMeasureNow(out ulong hertz)
    {
        hertz = 0;
        ulong previous;
        int turn = 0;
        do
        {
            previous = hertz;
            if (!TryRun(out hertz))
                return false;
        }
        while ((hertz > previous ? hertz - previous : previous - hertz) > hertz >> 10 && ++turn < MostRuns);
        return true;
    }

    private static bool TryRun(out ulong hertz)
    {
        // The 8254 counts in 16 bits, so a run must be well below 55 ms.
        ulong wanted = ReferenceClock.Hertz / 50, ticks;
        hertz = 0;
        LocalApic.StartCalibration();
        Moment first = Look(), last;
        uint looks = 0;
        do
        {
            if (looks++ == MostLooks)
                return false;
            last = Look();
            ticks = ReferenceClock.Passed(first.Reference, last.Reference);
        }
        while (ticks < wanted);
        // In two parts, so that a run of any length, on a machine that was stopped meanwhile, has its product within 64 bits.
        ulong seconds = ticks / ReferenceClock.Hertz, rest = ticks % ReferenceClock.Hertz;
        LocalApic.EndCalibration(first.Apic - last.Apic, seconds * Billion + rest * Billion / ReferenceClock.Hertz);
        ulong counted = Duration.Between(first.Counter, last.Counter);
        hertz = ReferenceClock.IsTimeStamp
            ? ReferenceClock.Hertz
            : counted / ticks * ReferenceClock.Hertz + counted % ticks * ReferenceClock.Hertz / ticks;
        return true;
    }

    /// <summary>Reads the counters; of some looks the quickest, since in it the three are closest together.</summary>
    private static Moment Look()
    {
        Moment best = default;
        ulong shortest = ulong.MaxValue;
        for (int turn = 0; turn < 6; turn++)
        {
            Moment moment = default;
            moment.Counter = Instructions.TimeStamp();
            moment.Apic = LocalApic.Count;
            moment.Reference = ReferenceClock.Read();
            ulong taken = Duration.Between(moment.Counter, Instructions.TimeStamp());
            if (taken >= shortest)
                continue;
            shortest = taken;
            best = moment;
        }
        return best;
    }
}
