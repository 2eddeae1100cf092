using System;

using Serai.Simulation;

namespace Serai.Machine.Clock;

/// <summary>The time-stamp counters: one number that tests set, and how far each processor is behind it.</summary>
public static class TimeSource
{
    private static ulong foremost;

    /// <summary>Ticks a second: a nanosecond each by default.</summary>
    public static ulong Hertz { get; set; } = 1_000_000_000;

    /// <summary>By how many ticks each processor's counter is behind the foremost one's; none is, unless a test says so.</summary>
    public static ulong[] Behind { get; } = new ulong[64];

    /// <summary>By how much the counter is further at each look; 0 where a test says when time passes.</summary>
    public static ulong Step { get; set; }

    /// <summary>What reads the counter, where it is more than a number.</summary>
    public static Func<ulong>? Reading { get; set; }

    /// <summary>The present processor's counter now.</summary>
    public static ulong Now
    {
        get => Reading?.Invoke() ?? (foremost += Step) - Behind[SimulatedProcessor.Number];
        set => foremost = value + Behind[SimulatedProcessor.Number];
    }

    /// <summary>The counter once everything before has been done.</summary>
    public static ulong NowInOrder => Now;

    /// <summary>Whether there is a clock to measure against.</summary>
    public static bool IsMeasurable { get; set; } = true;

    /// <summary>Nothing is measured.</summary>
    public static bool TryCalibrate() => IsMeasurable;
}

/// <summary>The RTC.</summary>
public static class RealTimeClock
{
    /// <summary>What it will say: seconds since 1970; null where there is none.</summary>
    public static ulong? Seconds { get; set; } = 1_700_000_000;

    /// <summary>Seconds since 1970, as a second begins.</summary>
    public static bool TryReadBeginningSecond(out ulong seconds)
    {
        seconds = Seconds ?? 0;
        return Seconds is not null;
    }
}
