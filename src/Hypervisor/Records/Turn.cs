using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>What scheduling knows of a virtual CPU: its place in a run queue, its claim, and where it may run.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Turn
{
    /// <summary>Its place among those that wait: the lowest runs next. Numbers go round, so only differences count.</summary>
    public ulong Key;

    /// <summary>
    /// Its own virtual time: what it has run, divided by its part of the domain's weight; on the time base of <see cref="Queue"/>. It decides
    /// between the virtual CPUs of one domain.
    /// </summary>
    public ulong Time;

    /// <summary>What is left of virtual time below one.</summary>
    public uint Fraction;

    /// <summary>The processor whose queue it waits in, or waited in last.</summary>
    public uint Queue;

    /// <summary>The processors it may run on, a bit each; at least one that is online.</summary>
    public ulong Affinity;

    /// <summary>While it is pinned for a time (SCHEDOP_pin_override): what <see cref="Affinity"/> is otherwise; else 0.</summary>
    public ulong UsualAffinity;

    /// <summary>Whether it waits in a queue, has given its turn away.</summary>
    public bool IsQueued, HasYielded;

    /// <summary>Whether it may run on a processor.</summary>
    public readonly bool Allows(uint processor) => (Affinity >> (int)processor & 1) != 0;
}
