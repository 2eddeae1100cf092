using Serai.Hypervisor.Records;
using Serai.Machine.Clock;

namespace Serai.Hypervisor.Scheduling;

/// <summary>Everyone in turn, for 2 ms at most; who wakes joins at the end. A processor's clock counts the tickets it has given out.</summary>
public static class RoundRobin
{
    /// <summary>The longest time a virtual CPU runs while others wait, in nanoseconds.</summary>
    public const ulong Slice = 2_000_000;

    /// <inheritdoc cref="Policy.KeyOf"/>
    public static ulong KeyOf(ref ProcessorSchedule schedule, ref VirtualCpu vcpu)
        => schedule.VirtualTime = unchecked(schedule.VirtualTime + 1);

    /// <inheritdoc cref="Policy.Allowance"/>
    public static ulong Allowance(ref ProcessorSchedule schedule, ref VirtualCpu running, ulong now)
    {
        ulong ran = Duration.Between(schedule.Began, now);
        return ran < Slice ? Slice - ran : 0;
    }

    /// <inheritdoc cref="Policy.IsOwed"/>
    public static bool IsOwed(ref ProcessorSchedule here, ref ProcessorSchedule there, ref VirtualCpu candidate)
        => there.Queue.Count > here.Queue.Count;
}
