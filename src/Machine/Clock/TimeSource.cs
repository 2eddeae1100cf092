using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>The time-stamp counter, measured once against the 8254's known 1,193,182 Hz.</summary>
public static class TimeSource
{
    private const uint PitHertz = 1_193_182;
    private const uint CalibrationTicks = PitHertz / 50;

    /// <summary>Ticks of the counter a second.</summary>
    public static ulong Hertz { get; private set; }

    /// <summary>The counter now.</summary>
    public static ulong Now => Instructions.TimeStamp();

    /// <summary>Measures counter and local APIC timer over 20 ms of the 8254's channel 2.</summary>
    public static void Calibrate()
    {
        Port.Out8(0x61, (byte)((Port.In8(0x61) & ~2) | 1));
        Port.Out8(0x43, 0xb0);
        Port.Out8(0x42, unchecked((byte)CalibrationTicks));
        ulong start = Now;
        LocalApic.StartCalibration();
        Port.Out8(0x42, (byte)(CalibrationTicks >> 8));
        while ((Port.In8(0x61) & 0x20) == 0)
        {
        }
        ulong ticks = Now - start;
        LocalApic.EndCalibration(CalibrationTicks * 1_000_000_000ul / PitHertz);
        Hertz = ticks * PitHertz / CalibrationTicks;
    }
}
