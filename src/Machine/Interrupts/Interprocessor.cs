using Serai.Machine.Processor;

namespace Serai.Machine.Interrupts;

/// <summary>Interrupts from one processor to another.</summary>
public static class Interprocessor
{
    /// <summary>The vector that makes a processor leave its guest, or its idle wait, and look at its work.</summary>
    public const uint KickVector = 0xf1;

    /// <summary>Has a processor look at its work soon; the work is noted first. One that asks for itself looks anyway.</summary>
    public static void Kick(ref ProcessorState target)
    {
        if (target.Number != CurrentProcessor.Number)
            LocalApic.Send(target.ApicIdentifier, KickVector);
    }
}
