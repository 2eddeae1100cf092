using Serai.Machine.Firmware;
using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>The RTC at the beginning of a second.</summary>
public static class RealTimeClock
{
    /// <summary>How long the processor sleeps between two looks for the beginning of a second, in nanoseconds.</summary>
    private const ulong BetweenLooks = 500_000;

    /// <summary>
    /// Waits for a second to begin and returns it, since 1970; a clock that stands still is given up after one and a quarter by the time-stamp
    /// counter, which must have been measured, as the timer. It is looked for twice a millisecond, and the processor sleeps in between. False where
    /// there is no clock.
    /// </summary>
    public static bool TryReadBeginningSecond(out ulong seconds)
    {
        seconds = 0;
        if (Acpi.Hardware.LacksBatteryClock || !BatteryClock.TryRead(out seconds))
            return false;
        ulong start = TimeSource.Now, longest = TimeSource.Hertz + TimeSource.Hertz / 4;
        uint first = BatteryClock.Register(0);
        while (BatteryClock.Register(0) == first && Duration.Between(start, TimeSource.Now) < longest)
        {
            LocalApic.SetTimer(BetweenLooks);
            Idle.Wait();
        }
        LocalApic.StopTimer();
        return BatteryClock.TryRead(out seconds);
    }
}
