using Serai.Hypervisor.Records;
using Serai.Machine.Clock;

namespace Serai.Hypervisor.Scheduling;

/// <summary>Everyone in turn, for 2 ms at most; who wakes joins at the end. A processor's clock counts the tickets it has given out.</summary>
public readonly struct RoundRobin : ISchedulingPolicy
{
    /// <summary>The longest time a virtual CPU runs while others wait, in nanoseconds.</summary>
    public const ulong Slice = 2_000_000;

    /// <inheritdoc/>
    public static void Settle(ref ProcessorSchedule schedule)
    {
    }

    /// <inheritdoc/>
    public static void Wake(ref ProcessorSchedule schedule, ref VirtualCpu vcpu, ulong now)
    {
    }

    /// <inheritdoc/>
    public static void Charge(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong nanoseconds, ulong now)
    {
    }

    /// <inheritdoc/>
    public static void ChargeAside(ref ProcessorSchedule schedule, ref DomainShare share, ulong nanoseconds)
    {
    }

    /// <inheritdoc/>
    public static bool Owes(ref ProcessorSchedule schedule, ref DomainShare share) => false;

    /// <inheritdoc/>
    public static void Refresh(ref ProcessorSchedule schedule)
    {
    }

    /// <inheritdoc/>
    public static ulong KeyOf(ref ProcessorSchedule schedule, ref VirtualCpu vcpu)
        => schedule.VirtualTime = unchecked(schedule.VirtualTime + 1);

    /// <inheritdoc/>
    public static ulong Allowance(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong now)
    {
        ulong ran = Duration.Between(schedule.Began, now);
        return ran < Slice ? Slice - ran : 0;
    }

    /// <inheritdoc/>
    public static bool IsOwed(ref ProcessorSchedule here, ref ProcessorSchedule there, ref VirtualCpu candidate)
        => there.Queue.Count > here.Queue.Count;

    /// <inheritdoc/>
    public static void Move(ref ProcessorSchedule from, ref ProcessorSchedule to, ref VirtualCpu vcpu)
    {
    }
}
