namespace Serai.Machine.Processor;

/// <summary>Sets the simulated processor up.</summary>
public static class ProcessorSetup
{
    /// <summary>Frame numbers from here on are beyond the processor's physical addresses: 40 bits of them.</summary>
    public static ulong PhysicalFrameLimit { get; private set; }

    /// <summary>Whether `sysenter` is a way into ring 0.</summary>
    public static bool HasSysenter { get; internal set; }

    /// <summary>Runs on the processor itself.</summary>
    public static void Run(ref ProcessorState processor)
    {
        FloatingPoint.Initialise(hasXsave: true);
        PhysicalFrameLimit = 1ul << 28;
    }
}
