using System.Runtime.InteropServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Clock;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Scheduling;

/// <summary>What scheduling knows of a processor: who runs on it, and who waits for it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ProcessorSchedule
{
    /// <summary>Who runs on each processor and who waits for it; by processor number, with room for all that there may be.</summary>
    public static ref Table<ProcessorSchedule> All => ref SchedulingState.Now.ProcessorScheduleAll;

    /// <summary>The virtual CPU that runs on it, or null while it idles.</summary>
    public Link<VirtualCpu> Running;

    /// <summary>Since when the running one runs, and up to when that has been counted.</summary>
    public ulong Began, Counted;

    /// <summary>Nanoseconds, up to when is counted, for which nobody ran and nothing was done for anybody.</summary>
    public ulong Idle;

    /// <summary>When it looks next for somebody to take over from other processors.</summary>
    public ulong NextBalance;

    /// <summary>Those who wait for it.</summary>
    public RunQueue Queue;

    /// <summary>The policy's clock of this processor, and what is added to it to compare it with those of others.</summary>
    public ulong VirtualTime, Offset;

    /// <summary>
    /// Whether a background task wants this processor too: guests' slices are short then. And whether what it does now is
    /// not done for the running one.
    /// </summary>
    public bool IsSharing, IsAside;

    /// <summary>The processor's number.</summary>
    public uint Number;

    /// <summary>The record of a processor on which nothing has happened.</summary>
    public static ProcessorSchedule Fresh(uint number)
        => new() { Number = number };

    /// <summary>Bytes of a record.</summary>
    public const ulong Bytes = 80;

    /// <summary>The nanoseconds up to now for which it has idled.</summary>
    public readonly ulong IdleUntil(ulong now) => Running.IsNull && !IsAside ? Idle + Duration.Between(Counted, now) : Idle;

    /// <summary>Whether it runs nobody and nobody is about to run on it.</summary>
    public readonly bool IsIdle => Running.IsNull && Queue.IsEmpty;
}
