using Serai.Simulation;

namespace Serai.Machine.Processor;

/// <summary>The debug registers.</summary>
public static class Breakpoints
{
    /// <summary>DR6.</summary>
    public static ulong ReadStatus() => SimulatedProcessor.DebugRegisters[6];

    /// <summary>Clears DR6 to its reset value.</summary>
    public static void ClearStatus() => SimulatedProcessor.DebugRegisters[6] = 0xffff_0ff0;

    /// <summary>Sets one of DR0 to DR3, or DR7.</summary>
    public static void Write(int register, ulong value)
    {
        SimulatedProcessor.DebugRegisters[register] = value;
        Journal.Write(Act.WriteDebugRegister, (ulong)register);
    }
}
