using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// What decides which virtual CPU runs next and for how long. Everything else about scheduling is mechanism and the same for all policies: a
/// policy only computes keys, the lowest of which runs, and times. It touches nothing but the records that it is given.
/// </summary>
public interface ISchedulingPolicy
{
    /// <summary>A processor's clock is brought up to date where nobody has been charged just now, which does it too.</summary>
    static abstract void Settle(ref ProcessorSchedule schedule);

    /// <summary>A virtual CPU that slept is about to wait in the queue of a processor whose clock is up to date.</summary>
    static abstract void Wake(ref ProcessorSchedule schedule, ref VirtualCpu vcpu, ulong now);

    /// <summary>The running virtual CPU has run for so many nanoseconds more.</summary>
    static abstract void Charge(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong nanoseconds, ulong now);

    /// <summary>The processor has worked for so many nanoseconds for a domain, whoever ran on it meanwhile.</summary>
    static abstract void ChargeAside(ref ProcessorSchedule schedule, ref DomainShare share, ulong nanoseconds);

    /// <summary>Whether of that a domain has more to pay than others wait for anybody's lead.</summary>
    static abstract bool Owes(ref ProcessorSchedule schedule, ref DomainShare share);

    /// <summary>Sees to it that the first of a queue still is: keys may be out of date, and only become later.</summary>
    static abstract void Refresh(ref ProcessorSchedule schedule);

    /// <summary>The key with which a virtual CPU joins a queue.</summary>
    static abstract ulong KeyOf(ref ProcessorSchedule schedule, ref VirtualCpu vcpu);

    /// <summary>How much longer, in nanoseconds, the running one may run with those who wait now; 0: not at all.</summary>
    static abstract ulong Allowance(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong now);

    /// <summary>Whether one that waits for another processor should rather run on this one, where somebody waits too.</summary>
    static abstract bool IsOwed(ref ProcessorSchedule here, ref ProcessorSchedule there, ref VirtualCpu candidate);

    /// <summary>A virtual CPU goes over from one processor's queue to another's.</summary>
    static abstract void Move(ref ProcessorSchedule from, ref ProcessorSchedule to, ref VirtualCpu vcpu);
}
