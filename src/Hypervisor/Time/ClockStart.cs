using System;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Machine.Clock;
using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Time;

/// <summary>How the hypervisor's clock starts: what its rate is measured against, and where the wall clock comes from.</summary>
public static class ClockStart
{
    /// <summary>Where the wall clock starts on a machine without an RTC: the beginning of 2026, in seconds since 1970.</summary>
    public const ulong WithoutBattery = 1_767_225_600;

    /// <summary>
    /// Measures the time-stamp counter and the timer, and starts system time; false, with the reason, on a machine that has no way to tell time.
    /// </summary>
    public static bool TryMeasure(out ReadOnlySpan<byte> reason)
    {
        reason = "nothing tells how fast time goes: no 8254, HPET or ACPI timer that moves, and no CPUID leaf 15h"u8;
        if (!TimeSource.TryCalibrate())
            return false;
        reason = "the timer of the local APIC does not count"u8;
        if (!LocalApic.IsCounting)
            return false;
        SystemTime.Initialise(TimeSource.Hertz, TimeSource.Now);
        if (Calibration.Reference > ReferenceKind.IntervalTimer)
            Log.Always().Text("the 8254 does not move: time is measured by "u8).Text(NameOf(Calibration.Reference)).End();
        return true;
    }

    private static ReadOnlySpan<byte> NameOf(ReferenceKind kind) => kind switch
    {
        ReferenceKind.EventTimer => "the HPET"u8,
        ReferenceKind.PowerTimer => "ACPI's timer"u8,
        _ => "what the processor tells of itself"u8,
    };

    /// <summary>Sets the wall clock by the RTC, or to a stated time where there is none.</summary>
    public static void ReadWallClock()
    {
        if (RealTimeClock.TryReadBeginningSecond(out ulong seconds))
        {
            SystemTime.SetWallClock(seconds, LatenessOfBattery(), SystemTime.Now);
            return;
        }
        Log.Always().Text("there is no RTC: the wall clock starts at 2026-01-01 00:00 UTC"u8).End();
        SystemTime.SetWallClock(WithoutBattery, 0, SystemTime.Now);
    }

    /// <summary>
    /// Nanoseconds by which the RTC is behind. An emulator sets it to the whole second in which it starts, so it is behind by anything up
    /// to one: half a second is the middle, and a tenth is for what a kernel loses while it counts ticks. A machine's own is taken at its word.
    /// </summary>
    private static uint LatenessOfBattery()
    {
        const uint underHypervisor = 1u << 31;
        Instructions.Cpuid(1, 0, out _, out _, out uint features, out _);
        return (features & underHypervisor) != 0 ? 600_000_000u : 0u;
    }
}
