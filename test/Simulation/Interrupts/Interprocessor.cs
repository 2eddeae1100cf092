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
        Tlb.Advance();
        uint self = SimulatedProcessor.Number;
        for (uint number = 0; number < processors.Length; number++)
        {
            if ((targets >> (int)number & 1) == 0)
                continue;
            Moments.Come();
            processors[number].Value.Request = 1;
            SimulatedProcessor.Number = number;
            Serve?.Invoke(number);
            Tlb.FlushForOther();
            SimulatedProcessor.Number = self;
            processors[number].Value.Request = 0;
            Tlb.HasForgotten(number);
            Journal.Write(Act.Request, number);
        }
    }
}
