using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>The timers of a virtual CPU.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuTimers
{
    /// <summary>When they fire, and the earliest of these.</summary>
    public TimerDeadlines Deadlines;
    public ulong Next;

    /// <summary>Links of the heap of timers, and the processor whose heap it is.</summary>
    public HeapLinks Links;
    public uint Processor;

    /// <summary>Whether the periodic timer rests until the virtual CPU runs again.</summary>
    public bool IsPeriodResting;

    /// <summary>The period of the periodic timer, and the virtual time at which the virtual timer fires; 0 while they do not run.</summary>
    public ulong Period, VirtualDeadline;

    /// <summary>When the present period ends.</summary>
    public ulong PeriodEnd;

    /// <summary>The guest's address of its copy of the time, or 0.</summary>
    public GuestAddress Area;
}
