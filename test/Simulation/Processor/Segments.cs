using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>The four data selectors and three bases of a guest.</summary>
public struct SegmentState
{
    public ushort Ds;
    public ushort Es;
    public ushort Fs;
    public ushort Gs;
    public ulong FsBase;
    public ulong GsBase;
    public ulong InactiveGsBase;
}

/// <summary>Moves a guest's segment state between the simulated processor and memory.</summary>
public static class Segments
{
    internal sealed class State
    {
        public ushort Refused;
    }

    /// <summary>The model-specific register of the FS base.</summary>
    public const uint FsBase = 0xc000_0100;

    /// <summary>The model-specific register of the live GS base.</summary>
    public const uint GsBase = 0xc000_0101;

    /// <summary>The model-specific register of the GS base that SWAPGS brings.</summary>
    public const uint InactiveGsBase = 0xc000_0102;

    /// <summary>Reads what is live.</summary>
    public static void Save(ref SegmentState state)
    {
        state = SimulatedProcessor.Selectors;
        state.FsBase = Instructions.ReadMsr(FsBase);
        state.GsBase = Instructions.ReadMsr(GsBase);
        state.InactiveGsBase = Instructions.ReadMsr(InactiveGsBase);
    }

    /// <summary>The selector of a descriptor that is gone: a load of it is refused; 0 for none.</summary>
    public static ref ushort Refused => ref SimulatedMachine.Present.Segments.Refused;

    /// <summary>Loads selectors, then bases; counts those that are refused and become null.</summary>
    public static int Load(in SegmentState state)
    {
        int refused = 0;
        SimulatedProcessor.Selectors = state;
        SimulatedProcessor.Selectors.Ds = Accept(state.Ds, ref refused);
        SimulatedProcessor.Selectors.Es = Accept(state.Es, ref refused);
        SimulatedProcessor.Selectors.Fs = Accept(state.Fs, ref refused);
        SimulatedProcessor.Selectors.Gs = Accept(state.Gs, ref refused);
        Instructions.WriteMsr(FsBase, state.FsBase);
        Instructions.WriteMsr(GsBase, state.GsBase);
        Instructions.WriteMsr(InactiveGsBase, state.InactiveGsBase);
        Journal.Write(Act.LoadSegments);
        return refused;
    }

    private static ushort Accept(ushort selector, ref int refused)
    {
        if (selector == 0 || selector != Refused)
            return selector;
        refused++;
        return 0;
    }

    /// <summary>Loads GS in the inactive context.</summary>
    public static bool LoadInactiveGs(ushort selector)
    {
        Journal.Write(Act.LoadSegments, selector);
        return true;
    }
}
