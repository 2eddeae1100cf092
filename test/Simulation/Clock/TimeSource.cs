using Serai.Simulation;

namespace Serai.Machine.Clock;

/// <summary>The time-stamp counters: one number that tests set, and how far each processor is behind it.</summary>
public static class TimeSource
{
    /// <summary>Ticks a second: a nanosecond each by default.</summary>
    public static ulong Hertz { get; set; } = 1_000_000_000;

    private static ulong foremost;

    /// <summary>By how many ticks each processor's counter is behind the foremost one's; none is, unless a test says so.</summary>
    public static ulong[] Behind { get; } = new ulong[64];

    /// <summary>By how much the counter is further at each look; 0 where a test says when time passes.</summary>
    public static ulong Step { get; set; }

    /// <summary>The present processor's counter now.</summary>
    public static ulong Now
    {
        get => (foremost += Step) - Behind[SimulatedProcessor.Number];
        set => foremost = value + Behind[SimulatedProcessor.Number];
    }

    /// <summary>Nothing is measured.</summary>
    public static void Calibrate()
    {
    }
}

/// <summary>The battery clock.</summary>
public static class RealTimeClock
{
    /// <summary>What it will say: seconds since 1970.</summary>
    public static ulong Seconds { get; set; } = 1_700_000_000;

    /// <summary>Seconds since 1970.</summary>
    public static ulong ReadSeconds() => Seconds;

    /// <summary>Seconds since 1970, as a second begins.</summary>
    public static ulong ReadBeginningSecond() => Seconds;
}
