using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Interrupts;

/// <summary>The local APIC: its timer's setting is kept for the tests.</summary>
public static class LocalApic
{
    /// <summary>The vector of interrupts that were gone when the processor asked.</summary>
    public const uint SpuriousVector = 0xff;

    /// <summary>The vector of the timer.</summary>
    public const uint TimerVector = 0xf0;

    /// <summary>The vector of the serial port.</summary>
    public const uint SerialVector = 0xe0;

    /// <summary>The frame of the registers.</summary>
    public static Mfn Frame => new(0xfee00);

    /// <summary>This processor's identifier.</summary>
    public static uint Identifier => 0;

    /// <summary>Enables it.</summary>
    public static void Initialise() => SimulatedProcessor.TimerNanoseconds = null;

    /// <summary>Enables this processor's.</summary>
    public static void Enable()
    {
    }

    /// <summary>Fires the timer in `nanoseconds`.</summary>
    public static void SetTimer(ulong nanoseconds)
    {
        SimulatedProcessor.TimerNanoseconds = nanoseconds;
        Journal.Write(Act.SetTimer, nanoseconds);
    }

    /// <summary>Stops the timer.</summary>
    public static void StopTimer()
    {
        SimulatedProcessor.TimerNanoseconds = null;
        Journal.Write(Act.StopTimer);
    }

    /// <summary>The interrupt in service is done with.</summary>
    public static void EndInterrupt() => Journal.Write(Act.EndInterrupt);
}
