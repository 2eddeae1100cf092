using System.Numerics;

using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// Which processor a virtual CPU runs on. One that wakes goes where it ran last if that processor idles, else to any that idles, else to the queue
/// where it was. A processor that would idle takes over somebody who waits elsewhere, so none idles while another has a queue; one that is busy
/// looks now and then whether somebody elsewhere is owed more than those who wait here.
///
/// The invariant that makes moving simple: with more than one processor, nobody who waits or sleeps has state in a processor's registers
/// (<see cref="ContextSwitch"/>), so whoever waits may be taken by anyone.
/// </summary>
public static class Placement
{
    /// <summary>How often a busy processor looks at the queues of others, in nanoseconds.</summary>
    public const ulong BalancePeriod = 10_000_000;

    /// <summary>Processors that idle, a bit each; those that somebody has been sent to are not among them.</summary>
    private static ref ulong Idle => ref SchedulingState.Now.PlacementIdle;

    /// <summary>Whether nobody runs on any processor, nor is about to.</summary>
    public static bool AllIdle => Idle == Processors.Online;

    /// <summary>Gives a new virtual CPU a processor to begin with; they go round. With dom0_vcpus_pin the initial domain's stay there.</summary>
    public static void Begin(ref VirtualCpu vcpu)
    {
        bool isPinned = BootOptions.Chosen.Dom0VcpusPin && vcpu.Domain.Rights.IsInitial;
        uint number = (uint)((vcpu.Domain.Id + vcpu.Number) % Processors.All.Length);
        vcpu.Processor = Processors.All[number];
        vcpu.Turn.Queue = number;
        vcpu.Turn.Affinity = isPinned && (Processors.Online >> (int)number & 1) != 0 ? 1ul << (int)number : ulong.MaxValue;
    }

    /// <summary>The processor for one that is about to wait for its turn, which it may run on.</summary>
    internal static uint Choose(in VirtualCpu vcpu)
    {
        if (!Processors.AreMany)
            return 0;
        uint last = vcpu.Turn.Queue;
        ulong allowed = vcpu.Turn.Affinity & Processors.Online, idling = allowed & Idle;
        if ((idling >> (int)last & 1) != 0 || (idling == 0 && vcpu.Turn.Allows(last)))
            return last;
        return idling != 0 ? (uint)BitOperations.TrailingZeroCount(idling) : LeastWaiting(allowed);
    }

    private static uint LeastWaiting(ulong allowed)
    {
        uint best = (uint)BitOperations.TrailingZeroCount(allowed);
        for (ulong rest = allowed & (allowed - 1); rest != 0; rest &= rest - 1)
        {
            uint number = (uint)BitOperations.TrailingZeroCount(rest);
            if (ProcessorSchedule.All[number].Queue.Count < ProcessorSchedule.All[best].Queue.Count)
                best = number;
        }
        return best;
    }

    /// <summary>Takes one that waits nowhere over to the time base of a processor's queue.</summary>
    internal static void Bring(ref VirtualCpu vcpu, uint processor)
    {
        uint from = vcpu.Turn.Queue;
        if (from == processor)
            return;
        vcpu.Turn.Queue = processor;
        Policy.Move(ref ProcessorSchedule.All[from], ref ProcessorSchedule.All[processor], ref vcpu);
    }

    /// <summary>A processor has nothing to run, or has something again.</summary>
    internal static void NoteIdle(uint processor, bool idles)
    {
        ulong bit = 1ul << (int)processor;
        Idle = idles ? Idle | bit : Idle & ~bit;
    }

    /// <summary>
    /// Before a processor chooses: takes over one that waits elsewhere, if nobody waits here, or if it is time to look and somebody is owed more.
    /// </summary>
    internal static void Balance(uint processor, ulong now)
    {
        ref ProcessorSchedule here = ref ProcessorSchedule.All[processor];
        bool empty = here.Queue.IsEmpty;
        if (!empty && now < here.NextBalance)
            return;
        here.NextBalance = now + BalancePeriod;
        Link<VirtualCpu> best = default;
        for (uint number = 0; number < Processors.All.Length; number++)
        {
            ref ProcessorSchedule there = ref ProcessorSchedule.All[number];
            if (number == processor || !TryFindFor(processor, there.Queue, out Link<VirtualCpu> candidate))
                continue;
            if (!empty && !Policy.IsOwed(ref here, ref there, ref candidate.Value))
                continue;
            if (best.IsNull || Policy.IsOwed(ref ProcessorSchedule.All[best.Value.Turn.Queue], ref there, ref candidate.Value))
                best = candidate;
        }
        if (!best.IsNull)
            TakeOver(ref best.Value, processor);
    }

    /// <summary>
    /// After a processor has chosen: for those who still wait, processors that idle and could run them are asked to look, one each. They were
    /// not asked when these began to wait, since it was not known who would.
    /// </summary>
    internal static void Offer(in RunQueue queue)
    {
        for (Link<VirtualCpu> link = queue.First; !link.IsNull && Idle != 0; link = RunQueue.After(link))
        {
            ulong idling = link.Value.Turn.Affinity & Idle;
            if (idling == 0)
                continue;
            uint number = (uint)BitOperations.TrailingZeroCount(idling);
            NoteIdle(number, false);
            Processors.Ask(ref Processors.All[number].Value, ProcessorWork.Schedule);
        }
    }

    private static void TakeOver(ref VirtualCpu vcpu, uint processor)
    {
        ProcessorSchedule.All[vcpu.Turn.Queue].Queue.Remove(ref vcpu);
        Bring(ref vcpu, processor);
        Scheduler.Join(ref ProcessorSchedule.All[processor], ref vcpu);
    }

    /// <summary>The first of a queue; where it must not run on a processor, some other of the queue that may.</summary>
    private static bool TryFindFor(uint processor, in RunQueue queue, out Link<VirtualCpu> found)
    {
        for (found = queue.First; !found.IsNull; found = RunQueue.After(found))
        {
            if (found.Value.Turn.Allows(processor))
                return true;
        }
        return false;
    }
}
