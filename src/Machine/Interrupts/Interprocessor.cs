using System.Threading;

using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Machine.Interrupts;

/// <summary>Interrupts from one processor to another.</summary>
public static class Interprocessor
{
    /// <summary>The vector that makes a processor leave its guest, or its idle wait, and look at its work.</summary>
    public const uint KickVector = 0xf1;

    /// <summary>The vector that makes a processor serve a request at once, without the hypervisor's lock.</summary>
    public const uint RequestVector = 0xf2;

    /// <summary>Has a processor look at its work soon; the work is noted first. One that asks for itself looks anyway.</summary>
    public static void Kick(ref ProcessorState target)
    {
        if (target.Number != CurrentProcessor.Number)
            LocalApic.Send(target.ApicIdentifier, KickVector);
    }

    /// <summary>
    /// Has other processors, one bit each, let go of what they remember of guests' memory, and waits until they have. The caller holds the lock,
    /// so nobody else asks; who waits for the lock serves the request there.
    /// </summary>
    public static void Ask(Table<Link<ProcessorState>> processors, ulong targets)
    {
        Tlb.Advance();
        for (uint number = 0; number < processors.Length; number++)
        {
            if ((targets >> (int)number & 1) == 0)
                continue;
            Volatile.Write(ref processors[number].Value.Request, 1);
            LocalApic.Send(processors[number].Value.ApicIdentifier, RequestVector);
        }
        for (uint number = 0; number < processors.Length; number++)
        {
            if ((targets >> (int)number & 1) == 0)
                continue;
            while (Volatile.Read(ref processors[number].Value.Request) != 0)
                Instructions.Pause();
            Tlb.HasForgotten(number);
        }
    }
}
