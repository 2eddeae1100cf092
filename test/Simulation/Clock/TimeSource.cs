using System;

using Serai.Simulation;

namespace Serai.Machine.Clock;

/// <summary>The time-stamp counters: one number that tests set, and how far each processor is behind it.</summary>
public static class TimeSource
{
    internal sealed class State
    {
        public ulong Foremost, Hertz = 1_000_000_000, Step;
        public readonly ulong[] Behind = new ulong[64];
        public Func<ulong>? Reading;
        public bool IsMeasurable = true;
    }

    private static State My => SimulatedMachine.Present.TimeSource;

    /// <summary>Ticks a second: a nanosecond each by default.</summary>
    public static ref ulong Hertz => ref My.Hertz;

    /// <summary>By how many ticks each processor's counter is behind the foremost one's; none is, unless a test says so.</summary>
    public static ulong[] Behind => My.Behind;

    /// <summary>By how much the counter is further at each look; 0 where a test says when time passes.</summary>
    public static ref ulong Step => ref My.Step;

    /// <summary>What reads the counter, where it is more than a number.</summary>
    public static ref Func<ulong>? Reading => ref My.Reading;

    /// <summary>The present processor's counter now.</summary>
    public static ulong Now
    {
        get => Reading?.Invoke() ?? (My.Foremost += Step) - Behind[SimulatedProcessor.Number];
        set => My.Foremost = value + Behind[SimulatedProcessor.Number];
    }

    /// <summary>The counter once everything before has been done.</summary>
    public static ulong NowInOrder => Now;

    /// <summary>Whether there is a clock to measure against.</summary>
    public static ref bool IsMeasurable => ref My.IsMeasurable;

    /// <summary>Nothing is measured.</summary>
    public static bool TryCalibrate() => IsMeasurable;
}

/// <summary>The RTC.</summary>
public static class RealTimeClock
{
    internal sealed class State
    {
        public ulong? Seconds = 1_700_000_000;
    }

    /// <summary>What it will say: seconds since 1970; null where there is none.</summary>
    public static ref ulong? Seconds => ref SimulatedMachine.Present.RealTimeClock.Seconds;

    /// <summary>Seconds since 1970, as a second begins.</summary>
    public static bool TryReadBeginningSecond(out ulong seconds)
    {
        seconds = Seconds ?? 0;
        return Seconds is not null;
    }
}
