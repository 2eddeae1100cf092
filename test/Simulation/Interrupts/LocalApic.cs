using Serai.Machine.Memory;
using Serai.Simulation;

namespace Serai.Machine.Interrupts;

/// <summary>The local APIC: its timer's setting is kept for the tests.</summary>
public static class LocalApic
{
    internal sealed class State
    {
        public bool IsWide;
        public ulong Divisor = 16;
        public (ulong Ticks, ulong Nanoseconds) Measured;
    }

    private static State My => SimulatedMachine.Present.LocalApic;

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

    /// <summary>Whether it is in x2APIC mode.</summary>
    public static bool IsWide => My.IsWide;

    /// <summary>Whether interrupts can be sent to an identifier.</summary>
    public static bool CanReach(uint identifier) => IsWide || identifier < 255;

    /// <summary>Enables it.</summary>
    public static void Initialise(bool wantsWide)
    {
        My.IsWide = LocalApicMode.IsWideBest(wantsWide);
        SimulatedProcessor.TimerNanoseconds = null;
        TryEnable();
    }

    /// <summary>Enables this processor's.</summary>
    public static bool TryEnable() => LocalApicMode.TryEnter(IsWide);

    /// <summary>The timer goes round so many times slower than the time-stamp counter; 0: it stands still.</summary>
    public static ref ulong Divisor => ref My.Divisor;

    /// <summary>What the last measurement found.</summary>
    public static (ulong Ticks, ulong Nanoseconds) Measured => My.Measured;

    /// <summary>Starts counting down from the largest value.</summary>
    public static void StartCalibration()
    {
    }

    /// <summary>What the timer has still to count.</summary>
    public static uint Count => Divisor == 0 ? uint.MaxValue : uint.MaxValue - (uint)(Clock.TimeSource.Now / Divisor);

    /// <summary>Whether the timer counts.</summary>
    public static bool IsCounting => Divisor != 0;

    /// <summary>Keeps what was measured.</summary>
    public static void EndCalibration(ulong ticks, ulong nanoseconds) => My.Measured = (ticks, nanoseconds);

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

    /// <summary>Resets another processor.</summary>
    public static void SendReset(uint identifier) => Journal.Write(Act.ResetOther, identifier);

    /// <summary>The interrupt in service is done with.</summary>
    public static void EndInterrupt() => Journal.Write(Act.EndInterrupt);
}
