namespace Serai.Machine.Clock;

/// <summary>The time-stamp counter: a number that tests set.</summary>
public static class TimeSource
{
    /// <summary>Ticks a second: a nanosecond each by default.</summary>
    public static ulong Hertz { get; set; } = 1_000_000_000;

    /// <summary>The counter now.</summary>
    public static ulong Now { get; set; }

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
