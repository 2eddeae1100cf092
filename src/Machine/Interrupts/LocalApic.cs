using System;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Interrupts;

/// <summary>
/// The processor's local APIC (SDM vol. 3, chapter 11), in memory or, in x2APIC mode, by MSRs: end of interrupt, the one-shot timer, interrupts to
/// others.
/// </summary>
// unsafe: device registers are read and written by address.
public static unsafe class LocalApic
{
    /// <summary>The vector of interrupts that were gone when the processor asked; they have no end.</summary>
    public const uint SpuriousVector = 0xff;

    private const uint RegisterEnd = 0xb0, RegisterSpurious = 0xf0, RegisterTaskPriority = 0x80, RegisterTimer = 0x320,
        RegisterInput0 = 0x350, RegisterInput1 = 0x360, RegisterInitial = 0x380, RegisterCurrent = 0x390, RegisterDivide = 0x3e0,
        RegisterIdentifier = 0x20, RegisterCommand = 0x300, RegisterCommandTarget = 0x310, AssertLevel = 1 << 14;

    /// <summary>The vector of the timer.</summary>
    public const uint TimerVector = 0xf0;

    /// <summary>The vector of the serial port.</summary>
    public const uint SerialVector = 0xe0;

    /// <summary>The highest identifier that xAPIC mode can send to; the next one means all processors.</summary>
    private const uint HighestNarrow = 254;

    /// <summary>An interrupt that was sent is on its way for a moment only; after so many looks the next one is sent all the same.</summary>
    private const uint MostLooks = 1_000_000;

    private static ulong registers;
    private static bool isWide;

    /// <summary>Ticks of the timer in a nanosecond, times 2^32.</summary>
    private static ulong rate;

    /// <summary>The longest time, in nanoseconds, that the timer can count.</summary>
    private static ulong longest;

    /// <summary>The physical address of the registers.</summary>
    private static ulong PhysicalAddress => Instructions.ReadMsr(0x1b) & 0x000f_ffff_ffff_f000;

    /// <summary>The frame of the registers, which nobody else may map.</summary>
    public static Mfn Frame { get; private set; }

    /// <summary>This processor's APIC identifier.</summary>
    public static uint Identifier => isWide ? Read(RegisterIdentifier) : Read(RegisterIdentifier) >> 24;

    /// <summary>Whether all processors' are in x2APIC mode.</summary>
    public static bool IsWide => isWide;

    /// <summary>Whether interrupts can be sent to the processor with an identifier.</summary>
    public static bool CanReach(uint identifier) => isWide || identifier <= HighestNarrow;

    private static uint MsrOf(uint register) => 0x800 + (register >> 4);

    // Inlined, a look at one bit would become a read of one byte (see DeviceMemory).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Read(uint register) => isWide ? (uint)Instructions.ReadMsr(MsrOf(register)) : *(uint*)(registers + register);

    private static void Write(uint register, uint value)
    {
        if (isWide)
            Instructions.WriteMsr(MsrOf(register), value);
        else
            *(uint*)(registers + register) = value;
    }

    /// <summary>Chooses the mode, x2APIC if it is wanted and there is such; maps the registers, for all processors; enables this one's.</summary>
    public static void Initialise(bool wantsWide)
    {
        isWide = LocalApicMode.IsWideBest(wantsWide);
        Frame = Mfn.Of(new(PhysicalAddress));
        registers = HypervisorTables.MapDevice(PhysicalAddress);
        if (TryEnable())
            return;
        isWide = !isWide;
        TryEnable();
    }

    /// <summary>
    /// Enables this processor's, both legacy inputs masked, the timer one-shot and stopped; false where it does not take the mode of the others.
    /// </summary>
    public static bool TryEnable()
    {
        if (!LocalApicMode.TryEnter(isWide))
            return false;
        Write(RegisterTaskPriority, 0);
        Write(RegisterInput0, 0x1_0000);
        Write(RegisterInput1, 0x1_0000);
        Write(RegisterSpurious, 0x100 | SpuriousVector);
        Write(RegisterDivide, 0xb);
        Write(RegisterTimer, TimerVector);
        Write(RegisterInitial, 0);
        return true;
    }

    /// <summary>Starts counting down from the largest value, for calibration.</summary>
    public static void StartCalibration() => Write(RegisterInitial, uint.MaxValue);

    /// <summary>What the timer has still to count.</summary>
    public static uint Count => Read(RegisterCurrent);

    /// <summary>Whether the timer counted while it was measured. One that does not would never fire.</summary>
    public static bool IsCounting { get; private set; }

    /// <summary>Ends the calibration: the timer counted so many ticks in so many nanoseconds.</summary>
    public static void EndCalibration(ulong ticks, ulong nanoseconds)
    {
        Write(RegisterInitial, 0);
        IsCounting = ticks != 0;
        rate = Math.Max((ticks << 32) / nanoseconds, 1);
        longest = ((ulong)uint.MaxValue << 32) / rate;
    }

    /// <summary>Fires the timer in `nanoseconds`, at once for 0; a time too long for the counter fires early.</summary>
    public static void SetTimer(ulong nanoseconds)
    {
        // The longest time has no more ticks than 32 bits hold.
        ulong ticks = unchecked(Math.Min(nanoseconds, longest) * rate >> 32);
        Write(RegisterInitial, unchecked((uint)Math.Max(ticks, 1)));
    }

    /// <summary>Stops the timer.</summary>
    public static void StopTimer() => Write(RegisterInitial, 0);

    /// <summary>
    /// Sends an interrupt to another processor; in xAPIC mode waits while the one before is on its way (SDM vol. 3, 11.6.1). In x2APIC mode one
    /// write does it all, and may overtake what was written to memory before unless it is told not to (11.12.3).
    /// </summary>
    public static void Send(uint identifier, uint vector)
    {
        const uint pending = 1 << 12;
        if (isWide)
        {
            Instructions.Fence();
            Instructions.WriteMsr(MsrOf(RegisterCommand), (ulong)identifier << 32 | vector | AssertLevel);
            return;
        }
        for (uint turn = 0; turn < MostLooks && (Read(RegisterCommand) & pending) != 0; turn++)
            Instructions.Pause();
        Write(RegisterCommandTarget, identifier << 24);
        Write(RegisterCommand, vector | AssertLevel);
    }

    /// <summary>Resets another processor, which then waits for <see cref="SendStartup"/> (SDM vol. 3, 9.4.4).</summary>
    public static void SendReset(uint identifier) => Send(identifier, 5 << 8);

    /// <summary>Has a processor that was reset begin in real mode at a frame below 1 MiB.</summary>
    public static void SendStartup(uint identifier, Mfn frame) => Send(identifier, 6 << 8 | (uint)frame.Value);

    /// <summary>Tells it that the interrupt in service is done with.</summary>
    public static void EndInterrupt() => Write(RegisterEnd, 0);
}
