using System;

using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Machine.Interrupts;

/// <summary>Interrupts from one processor to another: the journal tells them.</summary>
public static class Interprocessor
{
    internal sealed class State
    {
        public Action<uint>? Serve;
    }

    /// <summary>The vector that makes a processor look at its work.</summary>
    public const uint KickVector = 0xf1;

    /// <summary>The vector that makes a processor serve a request at once.</summary>
    public const uint RequestVector = 0xf2;

    /// <summary>What a processor does that is asked (Traps/ProcessorRequests); tests of several processors set it.</summary>
    public static ref Action<uint>? Serve => ref SimulatedMachine.Present.Interprocessor.Serve;

    /// <summary>Has a processor look at its work soon.</summary>
    public static void Kick(ref ProcessorState target)
    {
        if (target.Number != CurrentProcessor.Number)
            Journal.Write(Act.Kick, target.Number);
    }

    /// <summary>Has other processors let go of what they remember.</summary>
    public static void Ask(Table<Link<ProcessorState>> processors, ulong targets)
    {
        ulong request = Begin(processors, targets);
        ServeAll(processors, targets, request);
    }

    /// <summary>The same, but the asker waits later; they have heard nothing yet.</summary>
    public static void AskFor(ref ProcessorState asker, Table<Link<ProcessorState>> processors, ulong targets)
    {
        (asker.AwaitedOf, asker.Awaited) = (targets, Begin(processors, targets));
        asker.Awaits = 1;
    }

    /// <summary>Has a processor pause once before it enters a guest.</summary>
    public static void Pause(ref ProcessorState processor) => (processor.AwaitedOf, processor.Awaits) = (0, 1);

    /// <summary>Whether all that is awaited has been done: the others hear of it in the first look after a moment.</summary>
    public static bool IsFinished(ref ProcessorState asker, Table<Link<ProcessorState>> processors)
    {
        if (asker.Awaits == 0)
            return true;
        Moments.Come();
        ServeAll(processors, asker.AwaitedOf, asker.Awaited);
        asker.Awaits = 0;
        return true;
    }

    private static ulong Begin(Table<Link<ProcessorState>> processors, ulong targets)
    {
        HypervisorLock.Demand();
        Tlb.Advance();
        ulong request = 0;
        for (uint number = 0; number < processors.Length; number++)
            request = Math.Max(request, processors[number].Value.Request + 1);
        for (uint number = 0; number < processors.Length; number++)
        {
            if ((targets >> (int)number & 1) == 0)
                continue;
            processors[number].Value.Request = request;
            Journal.Write(Act.Request, number);
        }
        return request;
    }

    private static void ServeAll(Table<Link<ProcessorState>> processors, ulong targets, ulong request)
    {
        uint self = SimulatedProcessor.Number;
        for (uint number = 0; number < processors.Length; number++)
        {
            if ((targets >> (int)number & 1) == 0 || processors[number].Value.Served >= request)
                continue;
            Moments.Come();
            SimulatedProcessor.Number = number;
            Serve?.Invoke(number);
            Tlb.FlushForOther(SimulatedProcessor.Number);
            SimulatedProcessor.Number = self;
            processors[number].Value.Served = processors[number].Value.Request;
        }
    }
}
