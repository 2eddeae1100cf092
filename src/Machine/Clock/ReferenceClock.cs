using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>A clock whose rate is known, in the order in which they are tried.</summary>
public enum ReferenceKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Channel 2 of the 8254.</summary>
    IntervalTimer,

    /// <summary>The HPET (IA-PC HPET 1.0a).</summary>
    EventTimer,

    /// <summary>ACPI's timer.</summary>
    PowerTimer,

    /// <summary>The time-stamp counter itself, whose rate the processor tells (SDM vol. 2, CPUID leaves 15h and 16h).</summary>
    Processor,
}

/// <summary>
/// What the time-stamp counter and the local APIC's timer are measured against. A machine need not have any one of these, and one that it has may be
/// switched off: a clock counts only if it is seen to move.
/// </summary>
public static class ReferenceClock
{
    private const uint IntervalHertz = 1_193_182, PowerHertz = 3_579_545;

    /// <summary>So often a clock is read until it must have moved. A read takes far more than a thousandth of a tick of the slowest.</summary>
    private const uint ReadsToMove = 1 << 16;

    private struct State
    {
        public ReferenceKind Kind;
        public ulong Registers, Mask, Hertz;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>Whether it is the time-stamp counter, whose rate need not be measured then.</summary>
    public static bool IsTimeStamp => Now.Kind == ReferenceKind.Processor;

    /// <summary>Its ticks a second.</summary>
    public static ulong Hertz => Now.Hertz;

    /// <summary>Takes a clock of one kind; false where there is none, or it stands still.</summary>
    public static bool TryOpen(ReferenceKind wanted)
    {
        Now.Kind = wanted;
        return wanted switch
        {
            ReferenceKind.IntervalTimer => OpenIntervalTimer(),
            ReferenceKind.EventTimer => OpenEventTimer(),
            ReferenceKind.PowerTimer => OpenPowerTimer(),
            ReferenceKind.Processor => OpenProcessor(),
            _ => false,
        };
    }

    /// <summary>What it shows; it counts up.</summary>
    public static ulong Read()
    {
        switch (Now.Kind)
        {
            case ReferenceKind.IntervalTimer:
                Port.Out8(0x43, 0x80);
                uint low = Port.In8(0x42);
                return ~(low | (uint)Port.In8(0x42) << 8) & Now.Mask;
            case ReferenceKind.EventTimer:
                return DeviceMemory.Read32(Now.Registers + 0xf0);
            case ReferenceKind.PowerTimer:
                return (Now.Registers == 0 ? Port.In32((ushort)Acpi.Hardware.Timer.Address) : DeviceMemory.Read32(Now.Registers)) & Now.Mask;
            default:
                return Instructions.TimeStamp();
        }
    }

    /// <summary>Ticks from one reading to a later one, if it has not gone round in between.</summary>
    public static ulong Passed(ulong from, ulong to) => unchecked(to - from) & Now.Mask;

    private static bool OpenIntervalTimer()
    {
        (Now.Hertz, Now.Mask) = (IntervalHertz, ushort.MaxValue);
        Port.Out8(0x61, (byte)((Port.In8(0x61) & ~2) | 1));
        Port.Out8(0x43, 0xb0);
        Port.Out8(0x42, 0xff);
        Port.Out8(0x42, 0xff);
        return Moves();
    }

    private static bool OpenEventTimer()
    {
        const uint slowest = 100_000_000, enable = 1;
        const ulong femtoseconds = 1_000_000_000_000_000;
        if (Acpi.EventTimer == 0)
            return false;
        Now.Registers = DeviceMemory.Map(Acpi.EventTimer);
        uint period = DeviceMemory.Read32(Now.Registers + 4);
        if (period is 0 or > slowest)
            return false;
        (Now.Hertz, Now.Mask) = (femtoseconds / period, uint.MaxValue);
        DeviceMemory.Write32(Now.Registers + 0x10, DeviceMemory.Read32(Now.Registers + 0x10) | enable);
        return Moves();
    }

    private static bool OpenPowerTimer()
    {
        FixedHardware hardware = Acpi.Hardware;
        if (!hardware.Timer.Exists)
            return false;
        Now.Registers = hardware.Timer.IsMemory ? DeviceMemory.Map(hardware.Timer.Address) : 0;
        (Now.Hertz, Now.Mask) = (PowerHertz, hardware.TimerMask);
        return Moves();
    }

    private static bool OpenProcessor()
    {
        (Now.Hertz, Now.Mask) = (CounterRate.OfProcessor(), ulong.MaxValue);
        return Hertz != 0;
    }

    private static bool Moves()
    {
        ulong first = Read();
        for (uint turn = 0; turn < ReadsToMove; turn++)
        {
            if (Read() != first)
                return true;
        }
        return false;
    }
}
