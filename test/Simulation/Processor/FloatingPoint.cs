using System;
using System.Runtime.InteropServices;

using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>A guest's x87, SSE and AVX state: <see cref="SimulatedProcessor.FloatingPointState"/> stands for the registers.</summary>
public static class FloatingPoint
{
    internal sealed class State
    {
        public ulong Features;
    }

    /// <summary>Room for the state.</summary>
    public const uint AreaBytes = 2752;

    /// <summary>The components a guest may have.</summary>
    public const ulong KnownFeatures = 0xe7;

    /// <summary>XCR0 with all that processor and hypervisor know.</summary>
    public static ref ulong Features => ref SimulatedMachine.Present.FloatingPoint.Features;

    /// <summary>Finds out what there is: x87, SSE and AVX.</summary>
    public static void Initialise(bool hasXsave) => Features = hasXsave ? 7ul : 0;

    /// <summary>Sets XCR0 of the processor that asks, whose number it says, where it differs.</summary>
    public static void Select(uint processor, ulong features)
    {
        if (features != SimulatedProcessor.Xcr0)
            Instructions.WriteXcr0(features);
    }

    private static Span<byte> Area(ref byte area) => MemoryMarshal.CreateSpan(ref area, (int)AreaBytes);

    /// <summary>Saves the live state.</summary>
    public static void Save(ref byte area)
    {
        SimulatedProcessor.FloatingPointState.CopyTo(Area(ref area));
        Journal.Write(Act.SaveFloatingPoint);
    }

    /// <summary>Loads a saved state; false, once, where the test has the processor refuse it.</summary>
    public static bool Restore(ref byte area)
    {
        Journal.Write(Act.RestoreFloatingPoint);
        bool refused = SimulatedProcessor.RefusesFloatingPoint;
        SimulatedProcessor.RefusesFloatingPoint = false;
        if (!refused)
            Area(ref area).CopyTo(SimulatedProcessor.FloatingPointState);
        return !refused;
    }
}
