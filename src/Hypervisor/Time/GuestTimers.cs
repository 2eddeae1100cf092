using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Clock;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Time;

/// <summary>A virtual CPU's timers: how each is set, and what it does when it fires. All but the poll's raise VIRQ_TIMER.</summary>
public static class GuestTimers
{
    /// <summary>The shortest period of a periodic timer, in nanoseconds: shorter ones would cost others time.</summary>
    public const ulong ShortestPeriod = 1_000_000;

    /// <summary>Does what a timer that was due does.</summary>
    public static void Fire(in DueTimer due)
    {
        ref VirtualCpu vcpu = ref due.Vcpu.Value;
        switch (due.Kind)
        {
            case TimerKind.Poll:
                Scheduler.Unblock(ref vcpu);
                // Of a domain that is dead it is the alarm of what waits for its next life.
                if (vcpu.MustLeave)
                    State.Processors[CurrentProcessor.Number].Value.Work |= ProcessorWork.Teardown;
                return;
            case TimerKind.Periodic:
                ulong now = SystemTime.Now, next = due.Deadline + vcpu.Period;
                Timers.Set(ref vcpu, TimerKind.Periodic, next > now ? next : now + vcpu.Period);
                Scheduler.TimerChanged(ref vcpu, now);
                break;
            case TimerKind.Virtual:
                vcpu.VirtualDeadline = 0;
                break;
        }
        Raise(ref vcpu);
    }

    /// <summary>Sets the single-shot timer to a system time; one that has passed fires at once.</summary>
    public static void SetSingleShot(ref VirtualCpu vcpu, ulong deadline)
    {
        ulong now = SystemTime.Now;
        if (deadline <= now)
        {
            Timers.Stop(ref vcpu, TimerKind.SingleShot);
            Raise(ref vcpu);
            return;
        }
        Timers.Set(ref vcpu, TimerKind.SingleShot, deadline);
        Scheduler.TimerChanged(ref vcpu, now);
    }

    /// <summary>Starts the periodic timer, or stops it for a period of 0.</summary>
    public static void SetPeriodic(ref VirtualCpu vcpu, ulong period)
    {
        ulong now = SystemTime.Now;
        vcpu.Period = period;
        if (period == 0)
            Timers.Stop(ref vcpu, TimerKind.Periodic);
        else
            Timers.Set(ref vcpu, TimerKind.Periodic, now + period);
        Scheduler.TimerChanged(ref vcpu, now);
    }

    /// <summary>
    /// Sets the virtual timer of the running virtual CPU to a virtual time: the nanoseconds that it will have run. One that has passed fires at
    /// once.
    /// </summary>
    public static void SetVirtual(ref VirtualCpu vcpu, ulong deadline)
    {
        ulong now = SystemTime.Now;
        Timers.Stop(ref vcpu, TimerKind.Virtual);
        if (deadline <= Runstates.VirtualTime(vcpu, now))
        {
            vcpu.VirtualDeadline = 0;
            Raise(ref vcpu);
            return;
        }
        vcpu.VirtualDeadline = deadline;
        StartVirtual(ref vcpu);
        Scheduler.TimerChanged(ref vcpu, now);
    }

    /// <summary>
    /// A virtual CPU has begun to run: if its virtual timer is set, the system time at which it fires is known as long as it runs on. When it stops
    /// running, <see cref="Runstates.Enter"/> stops that.
    /// </summary>
    public static void StartVirtual(ref VirtualCpu vcpu)
    {
        if (vcpu.VirtualDeadline == 0)
            return;
        ref VcpuRunstateInfo info = ref vcpu.Runstate;
        ulong left = Duration.Between(info.TimeRunning, vcpu.VirtualDeadline);
        ulong farthest = Duration.Between(info.StateEntryTime, Timers.Stopped);
        Timers.Set(ref vcpu, TimerKind.Virtual, left < farthest ? info.StateEntryTime + left : Timers.Stopped);
    }

    /// <summary>Stops the virtual timer.</summary>
    public static void StopVirtual(ref VirtualCpu vcpu)
    {
        vcpu.VirtualDeadline = 0;
        Timers.Stop(ref vcpu, TimerKind.Virtual);
    }

    private static void Raise(ref VirtualCpu vcpu)
    {
        if (vcpu.TimerPort != 0)
            EventChannels.Raise(ref vcpu.Domain, vcpu.TimerPort);
    }
}
