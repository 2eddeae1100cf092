using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// What decides which virtual CPU runs next and for how long; everything else about scheduling is mechanism and the same for all policies.
/// A policy is told of each virtual CPU that becomes able to run, and gives each out once before it is told of it again.
/// </summary>
public interface ISchedulingPolicy
{
    /// <summary>A virtual CPU has become able to run, or has used up its slice and still is.</summary>
    static abstract void Enqueue(ref VirtualCpu vcpu);

    /// <summary>A virtual CPU that is waiting to run must not any more.</summary>
    static abstract void Remove(ref VirtualCpu vcpu);

    /// <summary>Takes out the virtual CPU to run next, with the longest time it may run, in nanoseconds; false when none waits.</summary>
    static abstract bool TryTakeNext(out Link<VirtualCpu> next, out ulong slice);

    /// <summary>Whether the one that woke should run before the running one's slice is over.</summary>
    static abstract bool Preempts(ref VirtualCpu woken, ref VirtualCpu running);
}
