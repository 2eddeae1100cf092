using System.Threading;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// Whose turn it is at the lock, and who pays for a wait (docs/decisions/lock.md). A processor that waits writes so into every other's state, where
/// the holder's way into its guest finds it: that one gives way, which is to stand aside, without the lock, until the other has it. So nobody comes
/// straight back past one who waits, and a wait is over after two holds or so. A wait of more than a moment is not the waiter's own time: the
/// holder's domain pays, but at most as much again as it held.
/// </summary>
public static class LockWait
{
    /// <summary>So long a wait is the waiter's own, in nanoseconds: many short ones are the price of one lock.</summary>
    public const ulong Moment = 10_000;

    /// <summary>This processor waits for the lock, and does not hold it.</summary>
    public static void Begin(ref ProcessorState processor) => Volatile.Write(ref processor.WaitsSince, SystemTime.Now);

    /// <summary>It waits still: whoever holds the lock is to give way.</summary>
    public static void Ask(in ProcessorState processor)
    {
        for (uint number = 0; number < Processors.All.Length; number++)
        {
            ref byte wanted = ref Processors.All[number].Value.LockWanted;
            if (number != processor.Number && Volatile.Read(ref wanted) == 0)
                Volatile.Write(ref wanted, 1);
        }
    }

    /// <summary>Until when a processor's guest has had it: now, or, while it waits for the lock, since it waits.</summary>
    public static ulong Until(uint number, ulong now)
    {
        ulong since = Volatile.Read(ref Processors.All[number].Value.WaitsSince);
        return since != 0 && since < now ? since : now;
    }

    /// <summary>It has the lock. Who still waits asks again; a wait of more than a moment is not charged to who runs here.</summary>
    public static void End(ref ProcessorState processor)
    {
        for (uint number = 0; number < Processors.All.Length; number++)
            Volatile.Write(ref Processors.All[number].Value.LockWanted, 0);
        ulong since = processor.WaitsSince, now = SystemTime.Now;
        Volatile.Write(ref processor.WaitsSince, 0);
        LockHolder.Since = now;
        if (Duration.Between(since, now) <= Moment)
            return;
        ref ProcessorSchedule schedule = ref ProcessorSchedule.All[processor.Number];
        Scheduler.Count(ref schedule, since);
        schedule.Counted = now;
    }

    /// <summary>
    /// A virtual CPU's processor holds the lock and is about to go into its guest, while another waits: its domain pays for the longest wait that
    /// it was the cause of, of a processor that has a guest to run.
    /// </summary>
    public static void Pay(ref VirtualCpu vcpu)
    {
        ulong now = SystemTime.Now, longest = 0;
        for (uint number = 0; number < Processors.All.Length; number++)
        {
            ulong since = Volatile.Read(ref Processors.All[number].Value.WaitsSince);
            if (since == 0 || ProcessorSchedule.All[number].Running.IsNull)
                continue;
            ulong waited = Duration.Between(since < LockHolder.Since ? LockHolder.Since : since, now);
            if (waited > longest)
                longest = waited;
        }
        LockHolder.Since = now;
        if (longest > Moment)
            Policy.ChargeAside(ref ProcessorSchedule.All[vcpu.Processor.Value.Number], ref vcpu.Domain.Share, longest);
    }
}
