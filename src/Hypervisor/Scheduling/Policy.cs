using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Scheduling;

/// <summary>The policies by the names that `sched=` gives them.</summary>
public enum PolicyName : byte
{
    BorrowedVirtualTime,
    RoundRobin,
}

/// <summary>The policy that was chosen at boot: a branch that always goes the same way, and the policy's code behind it.</summary>
internal static class Policy
{
    private static ref bool IsRoundRobin => ref SchedulingState.Now.PolicyIsRoundRobin;

    /// <summary>Which policy it is; chosen before anything runs.</summary>
    internal static PolicyName Name
    {
        get => IsRoundRobin ? PolicyName.RoundRobin : PolicyName.BorrowedVirtualTime;
        set => IsRoundRobin = value == PolicyName.RoundRobin;
    }

    internal static void Settle(ref ProcessorSchedule schedule)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.Settle(ref schedule);
    }

    internal static void Wake(ref ProcessorSchedule schedule, ref VirtualCpu vcpu, ulong now)
    {
        if (IsRoundRobin)
            RoundRobin.Wake(ref schedule, ref vcpu, now);
        else
            BorrowedVirtualTime.Wake(ref schedule, ref vcpu, now);
    }

    internal static void Charge(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong nanoseconds, ulong now)
    {
        if (IsRoundRobin)
            RoundRobin.Charge(ref schedule, ref running, nanoseconds, now);
        else
            BorrowedVirtualTime.Charge(ref schedule, ref running, nanoseconds, now);
    }

    internal static void ChargeAside(ref ProcessorSchedule schedule, ref DomainShare share, ulong nanoseconds)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.ChargeAside(ref schedule, ref share, nanoseconds);
    }

    internal static bool Owes(ref ProcessorSchedule schedule, ref DomainShare share)
        => !IsRoundRobin && BorrowedVirtualTime.Owes(ref schedule, ref share);

    internal static void Refresh(ref ProcessorSchedule schedule)
    {
        if (!IsRoundRobin)
            BorrowedVirtualTime.Refresh(ref schedule);
    }

    internal static ulong KeyOf(ref ProcessorSchedule schedule, ref VirtualCpu vcpu)
        => IsRoundRobin ? RoundRobin.KeyOf(ref schedule, ref vcpu) : BorrowedVirtualTime.KeyOf(ref schedule, ref vcpu);

    internal static ulong Allowance(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong now)
        => IsRoundRobin ? RoundRobin.Allowance(ref schedule, ref running, now) : BorrowedVirtualTime.Allowance(ref schedule, ref running, now);

    internal static bool IsOwed(ref ProcessorSchedule here, ref ProcessorSchedule there, ref VirtualCpu candidate)
        => IsRoundRobin ? RoundRobin.IsOwed(ref here, ref there, ref candidate) : BorrowedVirtualTime.IsOwed(ref here, ref there, ref candidate);

    internal static void Move(ref ProcessorSchedule from, ref ProcessorSchedule to, ref VirtualCpu vcpu)
    {
        if (IsRoundRobin)
            RoundRobin.Move(ref from, ref to, ref vcpu);
        else
            BorrowedVirtualTime.Move(ref from, ref to, ref vcpu);
    }
}
