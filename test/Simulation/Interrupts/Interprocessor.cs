using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Machine.Interrupts;

/// <summary>Interrupts from one processor to another: the journal tells them.</summary>
public static class Interprocessor
{
    /// <summary>The vector that makes a processor look at its work.</summary>
    public const uint KickVector = 0xf1;

    /// <summary>Has a processor look at its work soon.</summary>
    public static void Kick(ref ProcessorState target)
    {
        if (target.Number != CurrentProcessor.Number)
            Journal.Write(Act.Kick, target.Number);
    }
}
