using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// What decides which virtual CPU runs next and for how long. Everything else about scheduling is mechanism and the same for all policies: a
/// policy only computes keys, the lowest of which runs, and times. It touches nothing but the records that it is given. Which one it is was chosen at
/// boot: a branch that always goes the same way, and the policy's code behind it.
/// </summary>
internal static class Policy
{
    private static ref bool IsRoundRobin => ref SchedulingState.Now.PolicyIsRoundRobin;

    /// <summary>Which policy it is; chosen before anything runs.</summary>
    internal static PolicyName Name
    {
        get => IsRoundRobin ? PolicyName.RoundRobin : PolicyName.BorrowedVirtualTime;
        set => IsRoundRobin = value == PolicyName.RoundRobin;
    }

    /// <summary>A processor's clock is brought up to date where nobody has been charged just now, which does it too.</summary>
    internal static void Settle(ref ProcessorSchedule schedule)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.Settle(ref schedule);
    }

    /// <summary>A virtual CPU that slept is about to wait in the queue of a processor whose clock is up to date.</summary>
    internal static void Wake(ref ProcessorSchedule schedule, ref VirtualCpu vcpu, ulong now)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.Wake(ref schedule, ref vcpu, now);
    }

    /// <summary>The running virtual CPU has run for so many nanoseconds more.</summary>
    internal static void Charge(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong nanoseconds, ulong now)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.Charge(ref schedule, ref running, nanoseconds, now);
    }

    /// <summary>The processor has worked for so many nanoseconds for a domain, whoever ran on it meanwhile.</summary>
    internal static void ChargeAside(ref ProcessorSchedule schedule, ref DomainShare share, ulong nanoseconds)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.ChargeAside(ref schedule, ref share, nanoseconds);
    }

    /// <summary>Whether of that a domain has more to pay than others wait for anybody's lead.</summary>
    internal static bool Owes(ref ProcessorSchedule schedule, ref DomainShare share)
        => !IsRoundRobin && BorrowedVirtualTime.Owes(ref schedule, ref share);

    /// <summary>Sees to it that the first of a queue still is: keys may be out of date, and only become later.</summary>
    internal static void Refresh(ref ProcessorSchedule schedule)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.Refresh(ref schedule);
    }

    /// <summary>The key with which a virtual CPU joins a queue.</summary>
    internal static ulong KeyOf(ref ProcessorSchedule schedule, ref VirtualCpu vcpu)
        => IsRoundRobin ? RoundRobin.KeyOf(ref schedule, ref vcpu) : BorrowedVirtualTime.KeyOf(ref schedule, ref vcpu);

    /// <summary>How much longer, in nanoseconds, the running one may run with those who wait now; 0: not at all.</summary>
    internal static ulong Allowance(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong now)
        => IsRoundRobin ? RoundRobin.Allowance(ref schedule, ref running, now) : BorrowedVirtualTime.Allowance(ref schedule, ref running, now);

    /// <summary>Whether one that waits for another processor should rather run on this one, where somebody waits too.</summary>
    internal static bool IsOwed(ref ProcessorSchedule here, ref ProcessorSchedule there, ref VirtualCpu candidate)
        => IsRoundRobin ? RoundRobin.IsOwed(ref here, ref there, ref candidate) : BorrowedVirtualTime.IsOwed(ref here, ref there, ref candidate);

    /// <summary>A virtual CPU goes over from one processor's queue to another's.</summary>
    internal static void Move(ref ProcessorSchedule from, ref ProcessorSchedule to, ref VirtualCpu vcpu)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.Move(ref from, ref to, ref vcpu);
    }
}
