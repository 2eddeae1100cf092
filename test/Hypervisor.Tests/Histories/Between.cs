using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

namespace Serai.Hypervisor.Tests.Histories;

/// <content>
/// What comes between two parts of a call that has stopped: calls of others, most of all of siblings that change what the call is about; the death of
/// its domain; and then perhaps the next part all the same, by one that waited for the lock with it.
/// </content>
internal sealed partial class MemoryWorld
{
    private const int DeepestStep = 2;

    /// <summary>Of so many stops in a part that has a name one is the last of its domain, when domains die; and of so many others.</summary>
    private const int LifeInParts = 40, LifeElsewhere = 400;

    private int depth;

    /// <summary>Frames that a call in parts is about, and whose they are.</summary>
    private IReadOnlyList<Mfn> inParts = [];
    private int inPartsOf;

    /// <summary>Whether the one who acts does so between the parts of what its sibling does with those frames.</summary>
    private bool IsMeddling => depth > 0 && inParts.Count != 0 && inPartsOf == self;

    /// <summary>What the call that has stopped is to do next, by name, where it is one with parts that have names.</summary>
    private string? NextPart(Hypercall number)
    {
        ref VirtualCpu vcpu = ref guest.Vcpu;
        (ulong command, ulong other) = (vcpu.Registers.Rdi, vcpu.Registers.Rsi);
        if (number == Hypercall.VcpuOp && command == (ulong)VcpuCommand.Initialise && other < guest.Domain.VcpuCount)
            return NextPart(guest.Domain.Vcpu((uint)other));
        if (number != Hypercall.MemoryOp)
            return null;
        return (MemoryCommand)(command & 63) switch
        {
            MemoryCommand.Exchange when vcpu.Exchange.Left != 0 => vcpu.Exchange.Handed != 0 ? "part: exchange, half" : "part: exchange",
            MemoryCommand.DecreaseReservation when command >> 6 != 0 => "part: decrease",
            MemoryCommand.PopulatePhysmap or MemoryCommand.IncreaseReservation when guest.Domain.Memory.Extent.Left != 0 => "part: extent",
            _ => null,
        };
    }

    private static string NextPart(in VirtualCpu other)
    {
        if (other.ContextRefusal != Errno.None)
            return "part: refusal";
        if (other.KernelRoot == 0)
            return "part: first tree";
        return other.UserRoot == 0 ? "part: second tree" : other.Descriptors.GlobalEntries == 0 ? "part: descriptors" : "part: more descriptors";
    }

    /// <summary>A call has stopped to go on later, and the lock is free.</summary>
    private void OthersMakeCalls(string? part)
    {
        Note("continuation", true);
        (TinyGuest caller, uint active, uint here) = (guest, guest.Active, SimulatedProcessor.Number);
        if (depth < DeepestStep)
        {
            depth++;
            try
            {
                bool isLast = deaths && moments.Next(part is null ? LifeElsewhere : LifeInParts) == 0;
                for (int others = moments.Next(3); others > 0; others--)
                    ActBetween(here, caller);
                if (isLast && caller.IsAlive && SiblingsElsewhere(here, caller) is [var number, ..])
                    On(number, () => Act(new MemoryStep(Deed.Crash, (int)number, 0, 0, 0)));
            }
            finally
            {
                depth--;
            }
        }

        Note($"death at {part}", part is not null && !caller.IsAlive);
        ref ProcessorState processor = ref TestMachine.Processor;
        Link<VirtualCpu> running = Scheduler.RunningOn(processor);
        if (!running.IsNull && running.Value.MustLeave && running.Same(ref caller.Domain.Vcpu(active)) && moments.Next(2) == 0)
        {
            Note("late part", true);
            return;
        }

        if (processor.Work != ProcessorWork.None)
            Settle();
        running = Scheduler.RunningOn(processor);
        if (!caller.IsAlive || running.IsNull || !running.Same(ref caller.Domain.Vcpu(active)))
            throw new Stopped();
    }

    private void ActBetween(uint here, TinyGuest caller)
    {
        List<uint> siblings = SiblingsElsewhere(here, caller);
        bool meddles = siblings.Count != 0 && moments.Next(2) == 0;
        MemoryStep step = meddles ? MemoryStep.DrawMeddling(moments) : MemoryStep.DrawOfMany(moments, deaths: false);
        uint number = meddles ? siblings[moments.Next(siblings.Count)] : (uint)(step.Guest % (int)Processors.All.Length);
        Note("meddling", meddles);
        if (number != here)
            On(number, () => Act(step));
    }

    /// <summary>The other processors that run a virtual CPU of the domain.</summary>
    private static List<uint> SiblingsElsewhere(uint here, TinyGuest caller)
    {
        var siblings = new List<uint>();
        for (uint number = 0; number < Processors.All.Length && caller.IsAlive; number++)
        {
            Link<VirtualCpu> running = Scheduler.RunningOn(Processors.All[number].Value);
            if (number != here && !running.IsNull && running.Value.Domain.Id == caller.KnownId)
                siblings.Add(number);
        }

        return siblings;
    }
}
