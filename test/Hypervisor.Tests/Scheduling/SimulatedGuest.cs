using System;

using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>A virtual CPU of <see cref="SchedulingWorld"/>: what it wants, and what it got.</summary>
internal sealed class SimulatedGuest(Link<Domain> domain, uint number, uint weight, ulong burst, ulong sleep)
{
    /// <summary>The virtual CPU.</summary>
    public ref VirtualCpu Vcpu => ref domain.Value.Vcpu(number);

    /// <summary>Its domain.</summary>
    public ref Domain Domain => ref domain.Value;

    /// <summary>The weight of its domain.</summary>
    public uint Weight => weight;

    /// <summary>How long it runs before it sleeps, and how long it sleeps, about; a burst of 0 never ends.</summary>
    public ulong Burst => burst;
    public ulong Sleep => sleep;

    /// <summary>Whether it never sleeps.</summary>
    public bool IsEndless => Left == ulong.MaxValue;

    /// <summary>What it wants to run before it sleeps.</summary>
    public ulong Left { get; set; }

    /// <summary>What it does at the end of a burst, on its processor; nothing: it sleeps.</summary>
    public Action<SimulatedGuest>? Then { get; set; }

    /// <summary>What it has run.</summary>
    public ulong Ran { get; set; }

    /// <summary>Since when it has been able to run and did not.</summary>
    public ulong ReadySince { get; set; }

    /// <summary>The longest it has waited for a processor.</summary>
    public ulong LongestWait { get; set; }

    /// <summary>It has run.</summary>
    public void Run(ulong nanoseconds)
    {
        Ran += nanoseconds;
        if (!IsEndless)
            Left -= nanoseconds;
    }

    /// <summary>It begins to run.</summary>
    public void Start(ulong now) => LongestWait = Math.Max(LongestWait, now - ReadySince);

    /// <summary>It no longer runs.</summary>
    public void Stop(ulong now) => ReadySince = now;
}
