using System;
using System.Runtime.CompilerServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Time;

/// <summary>The order of timers: by the earliest deadline of each virtual CPU.</summary>
public readonly struct ByDeadline : IHeapOrder
{
    /// <inheritdoc/>
    public static bool Precedes(in VirtualCpu one, in VirtualCpu other) => one.Timers.Next < other.Timers.Next;

    /// <inheritdoc/>
    public static ref HeapLinks Links(ref VirtualCpu vcpu) => ref vcpu.Timers.Links;
}

/// <summary>
/// All running timers: for each processor a heap of the virtual CPUs that have one, by their earliest deadline. Setting takes constant time and
/// stopping the logarithm of their number; the next is at the top. There is no table to fill, so no limit but that of virtual CPUs. A virtual
/// CPU's timers are in the heap of the processor where it ran when the last of them was set, and stay there when it moves: whichever processor
/// fires a timer, the event finds its virtual CPU. Where VIRQ_TIMER is not bound, only the timers of a poll and of a
/// watchdog count.
/// </summary>
public static class Timers
{
    /// <summary>The deadline of a timer that does not run.</summary>
    public const ulong Stopped = ulong.MaxValue;

    private const int Kinds = 5;

    /// <summary>A new virtual CPU's timers do not run.</summary>
    public static void Prepare(ref VirtualCpu vcpu)
    {
        vcpu.Timers.Next = Stopped;
        for (int kind = 0; kind < Kinds; kind++)
            vcpu.Timers.Deadlines[kind] = Stopped;
    }

    /// <summary>Virtual CPUs with running timers in a processor's heap.</summary>
    public static uint CountOn(uint processor) => ProcessorTimer.All[processor].Heap.Count;

    /// <summary>Starts or restarts a virtual CPU's timer, on its present processor; that processor's hardware is the caller's to set.</summary>
    public static void Set(ref VirtualCpu vcpu, TimerKind kind, ulong deadline)
    {
        HypervisorLock.Demand();
        vcpu.Timers.Deadlines[(int)kind] = deadline;
        Place(ref vcpu, vcpu.Processor.Value.Number);
    }

    /// <summary>Stops a timer that may be running.</summary>
    public static void Stop(ref VirtualCpu vcpu, TimerKind kind)
    {
        if (vcpu.Timers.Deadlines[(int)kind] == Stopped)
            return;
        vcpu.Timers.Deadlines[(int)kind] = Stopped;
        Place(ref vcpu, vcpu.Timers.Processor);
    }

    /// <summary>Stops all timers of a virtual CPU.</summary>
    public static void StopAll(ref VirtualCpu vcpu)
    {
        for (int kind = 0; kind < Kinds; kind++)
            vcpu.Timers.Deadlines[kind] = Stopped;
        Place(ref vcpu, vcpu.Timers.Processor);
    }

    /// <summary>Takes out the earliest timer of a processor's if its deadline has come: whose, and which; null where there is none.</summary>
    public static Link<VirtualCpu> TakeDue(ref ProcessorTimer processor, ulong now, out TimerKind due)
    {
        due = default;
        Link<VirtualCpu> first = processor.Heap.First;
        if (first.IsNull || first.Value.Timers.Next > now)
            return default;
        ref VcpuTimers timers = ref first.Value.Timers;
        int kind = 0;
        while (timers.Deadlines[kind] != timers.Next)
            kind++;
        due = (TimerKind)kind;
        timers.Deadlines[kind] = Stopped;
        Place(ref first.Value, timers.Processor);
        return first;
    }

    /// <summary>Whether a virtual CPU's timers are heard has changed; its present processor's hardware is the caller's to set.</summary>
    public static void Rearrange(ref VirtualCpu vcpu) => Place(ref vcpu, vcpu.Processor.Value.Number);

    private static void Place(ref VirtualCpu vcpu, uint processor)
    {
        ulong next = Earliest(vcpu.Timers.Deadlines, areHeard: vcpu.Events.TimerPort != 0);
        if (next == vcpu.Timers.Next && (next == Stopped || processor == vcpu.Timers.Processor))
            return;
        bool stays = vcpu.Timers.Next != Stopped && next != Stopped && processor == vcpu.Timers.Processor;
        // Alone there it keeps its place whatever its deadline.
        if (stays && ProcessorTimer.All[processor].Heap.Count == 1)
            vcpu.Timers.Next = next;
        else
            Move(ref vcpu, processor, next);
    }

    private static void Move(ref VirtualCpu vcpu, uint processor, ulong next)
    {
        if (vcpu.Timers.Next != Stopped)
            ProcessorTimer.All[vcpu.Timers.Processor].Heap.Remove(ref vcpu);
        vcpu.Timers.Next = next;
        vcpu.Timers.Processor = processor;
        if (next != Stopped)
            ProcessorTimer.All[processor].Heap.Insert(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Earliest(in TimerDeadlines deadlines, bool areHeard)
    {
        ulong next = Math.Min(deadlines[(int)TimerKind.Poll], deadlines[(int)TimerKind.Watchdog]);
        if (!areHeard)
            return next;
        ulong wall = Math.Min(deadlines[(int)TimerKind.SingleShot], deadlines[(int)TimerKind.Periodic]);
        return Math.Min(next, Math.Min(wall, deadlines[(int)TimerKind.Virtual]));
    }
}
