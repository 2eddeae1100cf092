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

    private static ulong requests;

    /// <summary>
    /// Has other processors, one bit each, let go of what they remember of guests' memory, and waits until they have. The caller holds the lock; who
    /// waits for the lock serves the request there.
    /// </summary>
    public static void Ask(Table<Link<ProcessorState>> processors, ulong targets)
    {
        ulong request = Begin(processors, targets);
        while (!AreServed(processors, targets, request))
            Instructions.Pause();
    }

    /// <summary>
    /// The same, but the asker waits later, once it has given the lock up (<see cref="IsFinished"/>): before it enters a guest, whoever that is. The
    /// caller holds the lock, and awaits nothing yet.
    /// </summary>
    public static void AskFor(ref ProcessorState asker, Table<Link<ProcessorState>> processors, ulong targets)
    {
        (asker.AwaitedOf, asker.Awaited) = (targets, Begin(processors, targets));
        asker.Awaits = 1;
    }

    /// <summary>Has a processor pause, once it has given the lock up, before it enters a guest: as who awaits what is done already.</summary>
    public static void Pause(ref ProcessorState processor) => (processor.AwaitedOf, processor.Awaits) = (0, 1);

    /// <summary>Whether all that a processor awaits has been done; it awaits nothing then.</summary>
    public static bool IsFinished(ref ProcessorState asker, Table<Link<ProcessorState>> processors)
    {
        if (asker.Awaits != 0 && !AreServed(processors, asker.AwaitedOf, asker.Awaited))
            return false;
        asker.Awaits = 0;
        return true;
    }

    private static ulong Begin(Table<Link<ProcessorState>> processors, ulong targets)
    {
        Tlb.Advance();
        requests++;
        for (uint number = 0; number < processors.Length; number++)
        {
            if ((targets >> (int)number & 1) == 0)
                continue;
            Volatile.Write(ref processors[number].Value.Request, requests);
            LocalApic.Send(processors[number].Value.ApicIdentifier, RequestVector);
        }
        return requests;
    }

    private static bool AreServed(Table<Link<ProcessorState>> processors, ulong targets, ulong request)
    {
        for (uint number = 0; number < processors.Length; number++)
        {
            if ((targets >> (int)number & 1) != 0 && Volatile.Read(ref processors[number].Value.Served) < request)
                return false;
        }
        return true;
    }
}
