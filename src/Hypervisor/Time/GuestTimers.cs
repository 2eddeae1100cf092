using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Clock;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Time;

/// <summary>
/// A virtual CPU's timers: how each is set. What they do when they fire is TimerEvents' (Events). All but the poll's and a watchdog's raise
/// VIRQ_TIMER.
///
/// The invariant: no timer is armed that nobody can hear. Where VIRQ_TIMER is not bound, only those two are (<see cref="Timers"/>). A periodic
/// timer rests while its event is pending and its virtual CPU does not run, for to raise what is raised changes nothing; it goes on when the virtual
/// CPU runs, or somebody polls for its port. And periodic timers fire at whole milliseconds of system time, so all that there are on a processor
/// interrupt it once a millisecond at most.
/// </summary>
public static class GuestTimers
{
    /// <summary>The shortest period of a periodic timer, in nanoseconds: shorter ones would cost others time.</summary>
    public const ulong ShortestPeriod = 1_000_000;

    /// <summary>Starts the periodic timer, or stops it for a period of 0.</summary>
    public static void SetPeriodic(ref VirtualCpu vcpu, ulong period)
    {
        ulong now = SystemTime.Now;
        (vcpu.Timers.Period, vcpu.Timers.PeriodEnd, vcpu.Timers.IsPeriodResting) = (period, now, false);
        if (period == 0)
            Timers.Stop(ref vcpu, TimerKind.Periodic);
        else
            StartPeriod(ref vcpu, now);
    }

    /// <summary>Begins the next period that does not end before now; it ends at the first whole millisecond from then on.</summary>
    internal static void StartPeriod(ref VirtualCpu vcpu, ulong now)
    {
        ulong missed = Duration.Between(vcpu.Timers.PeriodEnd, now) / vcpu.Timers.Period;
        vcpu.Timers.PeriodEnd += (missed + 1) * vcpu.Timers.Period;
        Timers.Set(ref vcpu, TimerKind.Periodic, (vcpu.Timers.PeriodEnd + ShortestPeriod - 1) / ShortestPeriod * ShortestPeriod);
        ProcessorTimer.Changed(ref vcpu, now);
    }

    /// <summary>Somebody waits for a virtual CPU's VIRQ_TIMER: its periodic timer does not rest.</summary>
    public static void Awaited(ref VirtualCpu vcpu)
    {
        if (vcpu.Timers.IsPeriodResting)
            WakePeriodic(ref vcpu);
    }

    /// <summary>A periodic timer that rests goes on.</summary>
    public static void WakePeriodic(ref VirtualCpu vcpu)
    {
        vcpu.Timers.IsPeriodResting = false;
        StartPeriod(ref vcpu, SystemTime.Now);
    }

    /// <summary>
    /// VIRQ_TIMER has been bound or unbound. What went by while nobody heard it is gone, as where it fires into the void; what is to come will come.
    /// </summary>
    public static void HearingChanged(ref VirtualCpu vcpu)
    {
        ulong now = SystemTime.Now;
        if (vcpu.Timers.Deadlines[(int)TimerKind.SingleShot] <= now)
            Timers.Stop(ref vcpu, TimerKind.SingleShot);
        if (vcpu.Timers.Deadlines[(int)TimerKind.Virtual] <= now)
            StopVirtual(ref vcpu);
        Timers.Rearrange(ref vcpu);
        if (vcpu.Timers.IsPeriodResting || vcpu.Timers.Deadlines[(int)TimerKind.Periodic] <= now)
            WakePeriodic(ref vcpu);
        ProcessorTimer.Changed(ref vcpu, now);
    }

    /// <summary>
    /// A virtual CPU has begun to run: if its virtual timer is set, the system time at which it fires is known as long as it runs on. When it stops
    /// running, <see cref="Runstates.Enter"/> stops that.
    /// </summary>
    public static void StartVirtual(ref VirtualCpu vcpu)
    {
        if (vcpu.Timers.VirtualDeadline == 0)
            return;
        ref VcpuRunstateInfo info = ref vcpu.Runstate.Info;
        ulong left = Duration.Between(info.TimeRunning, vcpu.Timers.VirtualDeadline);
        ulong farthest = Duration.Between(info.StateEntryTime, Timers.Stopped);
        Timers.Set(ref vcpu, TimerKind.Virtual, left < farthest ? info.StateEntryTime + left : Timers.Stopped);
    }

    /// <summary>Stops the virtual timer.</summary>
    public static void StopVirtual(ref VirtualCpu vcpu)
    {
        vcpu.Timers.VirtualDeadline = 0;
        Timers.Stop(ref vcpu, TimerKind.Virtual);
    }
}
