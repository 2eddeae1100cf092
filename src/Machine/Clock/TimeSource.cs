using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>The time-stamp counter, measured once against a clock of known rate (<see cref="Calibration"/>).</summary>
public static class TimeSource
{
    /// <summary>Ticks of the counter a second.</summary>
    public static ulong Hertz { get; private set; }

    /// <summary>The counter now.</summary>
    public static ulong Now => Instructions.TimeStamp();

    /// <summary>The counter once everything before has been done: what is compared with another processor's counter is read so.</summary>
    public static ulong NowInOrder => Instructions.TimeStampInOrder();

    /// <summary>Measures the counter and the local APIC's timer; false where there is nothing to measure against.</summary>
    public static bool TryCalibrate()
    {
        bool measured = Calibration.TryMeasure(out ulong hertz);
        Hertz = hertz;
        return measured;
    }
}
