using System;
using System.Collections.Generic;

using Serai.Machine.Processor;

namespace Serai.Simulation;

/// <summary>What the simulated processor holds besides memory; tests set and read it.</summary>
public static class SimulatedProcessor
{
    /// <summary>Which of the processors the code under test runs on.</summary>
    public static uint Number { get; set; }

    /// <summary>Model-specific registers that exist, by number.</summary>
    public static Dictionary<uint, ulong> Msrs { get; } = [];

    /// <summary>What CPUID answers, by leaf and subleaf; zeros for the rest.</summary>
    public static Dictionary<(uint Leaf, uint Subleaf), (uint A, uint B, uint C, uint D)> Cpuid { get; } = [];

    /// <summary>Control registers.</summary>
    public static ulong Cr0 { get; set; }
    public static ulong Cr2 { get; set; }
    public static ulong Cr4 { get; set; }
    public static ulong Xcr0 { get; set; }

    /// <summary>DR0 to DR7.</summary>
    public static ulong[] DebugRegisters { get; } = new ulong[8];

    /// <summary>What I/O ports answer; a byte each, all ones by default.</summary>
    public static Dictionary<ushort, byte> PortValues { get; } = [];

    /// <summary>A device's answer to a read of a port, before those; null where it has none.</summary>
    public static Func<ushort, byte?>? PortReading { get; set; }

    /// <summary>Takes what is written to a port.</summary>
    public static Action<ushort, uint>? PortWriting { get; set; }

    /// <summary>Sees a write of an MSR that exists; false: the processor refuses the value.</summary>
    public static Func<uint, ulong, bool>? WritesMsr { get; set; }

    /// <summary>What happens while the processor pauses in a loop.</summary>
    public static Action? WhilePausing { get; set; }

    /// <summary>The data selectors that are loaded; the bases are in <see cref="Msrs"/>.</summary>
    internal static SegmentState Selectors;

    /// <summary>The floating-point state that is loaded.</summary>
    public static byte[] FloatingPointState { get; } = new byte[FloatingPoint.AreaBytes];

    /// <summary>Whether the next restore finds an image that the processor refuses.</summary>
    public static bool RefusesFloatingPoint { get; set; }

    /// <summary>What happens while the processor waits for an interrupt; nothing can happen by default, and waiting is then an error.</summary>
    public static Action? WhileWaiting { get; set; }

    /// <summary>Nanoseconds until the local timer fires as it was set last, or null while it is stopped.</summary>
    public static ulong? TimerNanoseconds { get; internal set; }

    /// <summary>Back to the state after reset.</summary>
    public static void Reset()
    {
        Number = 0;
        Array.Clear(Machine.Clock.TimeSource.Behind);
        Moments.Pass = null;
        Machine.Memory.LargePage.Reset();
        Msrs.Clear();
        Cpuid.Clear();
        PortValues.Clear();
        (PortReading, PortWriting, WritesMsr, WhilePausing) = (null, null, null, null);
        (Cr0, Cr2, Cr4, Xcr0) = (0x8005_0033, 0, 0x2_06a0, 1);
        Array.Clear(DebugRegisters);
        Array.Clear(FloatingPointState);
        Selectors = default;
        RefusesFloatingPoint = false;
        WhileWaiting = null;
        TimerNanoseconds = null;
        foreach (uint number in (uint[])[0x1b, 0x277, 0xc000_0080, 0xc000_0081, 0xc000_0082, 0xc000_0083, 0xc000_0084,
            Segments.FsBase, Segments.GsBase, Segments.InactiveGsBase, 0xc000_0103])
            Msrs[number] = 0;
        Translations.ForgetAll();
        HypervisorLock.Reset();
        Journal.Clear();
    }
}
