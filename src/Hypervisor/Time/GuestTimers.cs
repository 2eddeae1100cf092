using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Scheduling;

namespace Serai.Hypervisor.Time;

/// <summary>What a guest's timers do when they fire.</summary>
public static class GuestTimers
{
    /// <summary>The shortest period of a periodic timer, in nanoseconds: shorter ones would cost others time.</summary>
    public const ulong ShortestPeriod = 1_000_000;

    /// <summary>Fires a timer that was due at a time.</summary>
    public static void Fire(ref VirtualCpu vcpu, TimerKind kind, ulong due)
    {
        if (kind == TimerKind.Poll)
        {
            Scheduler.Unblock(ref vcpu);
            return;
        }
        RaiseTimer(ref vcpu);
        if (vcpu.Period == 0)
            return;
        ulong now = SystemTime.Now;
        ulong next = due + vcpu.Period;
        Timers.Set(ref vcpu, TimerKind.Guest, next > now ? next : now + vcpu.Period);
    }

    /// <summary>Sets the single-shot timer to an absolute time; one that has passed fires at once.</summary>
    public static void SetSingleShot(ref VirtualCpu vcpu, ulong deadline)
    {
        ulong now = SystemTime.Now;
        vcpu.Period = 0;
        if (deadline <= now)
        {
            Timers.Stop(ref vcpu, TimerKind.Guest);
            RaiseTimer(ref vcpu);
            return;
        }
        Timers.Set(ref vcpu, TimerKind.Guest, deadline);
        Scheduler.ProgramTimer(ref vcpu.Processor.Value, now);
    }

    private static void RaiseTimer(ref VirtualCpu vcpu)
    {
        if (vcpu.TimerPort != 0)
            EventChannels.Raise(ref vcpu.Domain, vcpu.TimerPort);
    }
}
