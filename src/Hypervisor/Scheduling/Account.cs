using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Clock;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// Who pays for what the hypervisor does on a processor while a guest runs there. What it does at that guest's request is the guest's. What it does
/// for another (a timer or a device's interrupt, a teardown, a building) is done aside: not charged to who runs, but to the domain it is done
/// for, which may be asleep; it is then that much further ahead when it wakes.
/// </summary>
public static class Account
{
    /// <summary>What a domain that starts again pays for its building at most, in nanoseconds.</summary>
    private const ulong MostInherited = 1_000_000_000;

    /// <summary>What a processor does from now until <see cref="End"/> is not done for the one that runs. Returns the system time.</summary>
    public static ulong Begin(ref ProcessorState processor)
    {
        ref ProcessorSchedule schedule = ref ProcessorSchedule.All[processor.Number];
        ulong now = SystemTime.Now;
        Scheduler.Count(ref schedule, now);
        schedule.IsAside = true;
        return now;
    }

    /// <summary>Ends what began at a time. Returns the nanoseconds that it took.</summary>
    public static ulong End(ref ProcessorState processor, ulong begun)
    {
        ref ProcessorSchedule schedule = ref ProcessorSchedule.All[processor.Number];
        ulong now = SystemTime.Now;
        schedule.IsAside = false;
        schedule.Counted = now;
        return Duration.Between(begun, now);
    }

    /// <summary>The same; it was done for a domain, and is charged to it.</summary>
    public static void End(ref ProcessorState processor, ulong begun, ref Domain domain)
        => Policy.ChargeAside(ref ProcessorSchedule.All[processor.Number], ref domain.Share, End(ref processor, begun));

    /// <summary>What is done aside since a time was done for a domain, and is charged to it; others' may follow before the end.</summary>
    public static void Note(ref Domain domain, ulong begun)
        => Policy.ChargeAside(ref ProcessorSchedule.All[CurrentProcessor.Number], ref domain.Share, Duration.Between(begun, SystemTime.Now));

    /// <summary>Whether a domain has not paid yet for what was done for it, by more than others wait for anybody's lead.</summary>
    public static bool Owes(ref Domain domain) => Policy.Owes(ref ProcessorSchedule.All[CurrentProcessor.Number], ref domain.Share);

    /// <summary>Where a domain stands, on the first processor's time base: what it leaves to itself when it starts again.</summary>
    public static ulong Bequeath(in Domain domain)
    {
        ref readonly DomainClock clock = ref domain.Share.Clock;
        return unchecked(clock.Time + ProcessorSchedule.All[clock.Base].Offset - ProcessorSchedule.All[0].Offset);
    }

    /// <summary>A domain that starts again goes on from where it stood, and pays for its building (in nanoseconds; for a second at most).</summary>
    public static void Inherit(ref Domain domain, ulong time, ulong spent)
    {
        domain.Share.Clock.Time = time;
        domain.Share.Clock.Base = 0;
        // All of its lead is a debt: what its former life ran ahead by and what was done for it are not told apart any more.
        domain.Share.Aside = VirtualTimes.Of(MostInherited, domain.Share.Advance);
        Policy.ChargeAside(ref ProcessorSchedule.All[CurrentProcessor.Number], ref domain.Share, spent < MostInherited ? spent : MostInherited);
    }
}
