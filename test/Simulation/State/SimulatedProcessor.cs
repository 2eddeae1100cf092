using System;
using System.Collections.Generic;

using Serai.Machine.Processor;

namespace Serai.Simulation;

/// <summary>What the simulated processor holds besides memory; tests set and read it.</summary>
public static class SimulatedProcessor
{
    /// <summary>All of it, as after reset.</summary>
    internal sealed class State
    {
        public uint Number;
        public readonly Dictionary<uint, ulong> Msrs = new()
        {
            [0x1b] = 0, [0x277] = 0, [0xc000_0080] = 0, [0xc000_0081] = 0, [0xc000_0082] = 0, [0xc000_0083] = 0, [0xc000_0084] = 0,
            [Segments.FsBase] = 0, [Segments.GsBase] = 0, [Segments.InactiveGsBase] = 0, [0xc000_0103] = 0,
        };
        public readonly Dictionary<(uint Leaf, uint Subleaf), (uint A, uint B, uint C, uint D)> Cpuid = [];
        public ulong Cr0 = 0x8005_0033, Cr2, Cr4 = 0x2_06a0, Xcr0 = 1;
        public readonly ulong[] DebugRegisters = new ulong[8];
        public readonly Dictionary<ushort, byte> PortValues = [];
        public Func<ushort, byte?>? PortReading;
        public Action<ushort, uint, int>? PortWriting;
        public Func<uint, ulong, bool>? WritesMsr;
        public Action? WhilePausing, WhileWaiting;
        public SegmentState Selectors;
        public readonly byte[] FloatingPointState = new byte[FloatingPoint.AreaBytes];
        public bool RefusesFloatingPoint;
        public ulong? TimerNanoseconds;
    }

    private static State My => SimulatedMachine.Present.Processor;

    /// <summary>Which of the processors the code under test runs on.</summary>
    public static ref uint Number => ref My.Number;

    /// <summary>Model-specific registers that exist, by number.</summary>
    public static Dictionary<uint, ulong> Msrs => My.Msrs;

    /// <summary>What CPUID answers, by leaf and subleaf; zeros for the rest.</summary>
    public static Dictionary<(uint Leaf, uint Subleaf), (uint A, uint B, uint C, uint D)> Cpuid => My.Cpuid;

    /// <summary>Control registers.</summary>
    public static ref ulong Cr0 => ref My.Cr0;
    public static ref ulong Cr2 => ref My.Cr2;
    public static ref ulong Cr4 => ref My.Cr4;
    public static ref ulong Xcr0 => ref My.Xcr0;

    /// <summary>DR0 to DR7.</summary>
    public static ulong[] DebugRegisters => My.DebugRegisters;

    /// <summary>What I/O ports answer; a byte each, all ones by default.</summary>
    public static Dictionary<ushort, byte> PortValues => My.PortValues;

    /// <summary>A device's answer to a read of a port, before those; null where it has none.</summary>
    public static ref Func<ushort, byte?>? PortReading => ref My.PortReading;

    /// <summary>Takes what is written to a port: the value, its bytes.</summary>
    public static ref Action<ushort, uint, int>? PortWriting => ref My.PortWriting;

    /// <summary>Sees a write of an MSR that exists; false: the processor refuses the value.</summary>
    public static ref Func<uint, ulong, bool>? WritesMsr => ref My.WritesMsr;

    /// <summary>What happens while the processor pauses in a loop.</summary>
    public static ref Action? WhilePausing => ref My.WhilePausing;

    /// <summary>The data selectors that are loaded; the bases are in <see cref="Msrs"/>.</summary>
    internal static ref SegmentState Selectors => ref My.Selectors;

    /// <summary>The floating-point state that is loaded.</summary>
    public static byte[] FloatingPointState => My.FloatingPointState;

    /// <summary>Whether the next restore finds an image that the processor refuses.</summary>
    public static ref bool RefusesFloatingPoint => ref My.RefusesFloatingPoint;

    /// <summary>What happens while the processor waits for an interrupt; nothing can happen by default, and waiting is then an error.</summary>
    public static ref Action? WhileWaiting => ref My.WhileWaiting;

    /// <summary>Nanoseconds until the local timer fires as it was set last, or null while it is stopped.</summary>
    public static ref ulong? TimerNanoseconds => ref My.TimerNanoseconds;
}
