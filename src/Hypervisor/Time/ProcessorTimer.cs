using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Clock;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Time;

/// <summary>
/// What a processor's own timer is for: the end of the running one's slice, the end of a background task's, and the earliest of its guests' timers.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct ProcessorTimer
{
    /// <summary>By processor number, with room for all that there may be.</summary>
    public static ref Table<ProcessorTimer> All => ref TimeState.Now.ProcessorTimerAll;

    /// <summary>Bytes of a record.</summary>
    public const ulong Bytes = 40;

    /// <summary>The virtual CPUs that have a running timer here, by their earliest deadline.</summary>
    internal VcpuHeap<ByDeadline> Heap;

    /// <summary>When the running one's slice is over; ulong.MaxValue for never.</summary>
    public ulong SliceEnd;

    /// <summary>What the hardware's timer is set for, and when a background task's slice is over; ulong.MaxValue for nothing.</summary>
    public ulong Programmed, BackgroundEnd;

    /// <summary>Takes the memory for the records of all processors, which holds zeros.</summary>
    public static void Initialise(Table<ProcessorTimer> memory)
    {
        All = memory;
        for (ulong number = 0; number < memory.Length; number++)
            (memory[number].SliceEnd, memory[number].Programmed, memory[number].BackgroundEnd) = (ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);
    }

    /// <summary>A virtual CPU's timer has been set: its processor's hardware may have to fire sooner.</summary>
    public static void Changed(ref VirtualCpu vcpu, ulong now)
    {
        ref ProcessorState processor = ref vcpu.Processor.Value;
        if (!Processors.AreMany || processor.Number == CurrentProcessor.Number)
            All[processor.Number].Program(now);
        else if (All[processor.Number].Next < All[processor.Number].Programmed)
            Processors.Ask(ref processor, ProcessorWork.Timer);
    }

    /// <summary>The earliest deadline of its virtual CPUs', or <see cref="Timers.Stopped"/>.</summary>
    public readonly ulong Next
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Heap.First.IsNull ? Timers.Stopped : Heap.First.Value.Timers.Next;
    }

    /// <summary>
    /// Sets the hardware for the earliest of what it is for, where that is not what it is set for: the present processor's, whose record this is.
    /// </summary>
    public void Program(ulong now)
    {
        ulong next = Math.Min(Math.Min(Next, SliceEnd), BackgroundEnd);
        if (next == Programmed)
            return;
        Programmed = next;
        if (next == ulong.MaxValue)
            LocalApic.StopTimer();
        else
            LocalApic.SetTimer(Duration.Between(now, next));
    }
}
