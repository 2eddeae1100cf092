using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>Sets the simulated processor up.</summary>
public static class ProcessorSetup
{
    internal sealed class State
    {
        public ulong PhysicalFrameLimit;
        public bool HasSysenter;
    }

    private static State My => SimulatedMachine.Present.ProcessorSetup;

    /// <summary>Frame numbers from here on are beyond the processor's physical addresses: 40 bits of them.</summary>
    public static ulong PhysicalFrameLimit => My.PhysicalFrameLimit;

    /// <summary>Whether `sysenter` is a way into ring 0.</summary>
    public static ref bool HasSysenter => ref My.HasSysenter;

    /// <summary>Runs on the processor itself.</summary>
    public static void Run(ref ProcessorState processor)
    {
        FloatingPoint.Initialise(hasXsave: true);
        My.PhysicalFrameLimit = 1ul << 28;
    }
}
