using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Events;

/// <summary>What a virtual CPU's timers do when they fire, or are set to a time that has passed.</summary>
public static class TimerEvents
{
    /// <summary>So many due timers are fired in one go; the others fire at the next look, which follows at once.</summary>
    private const int MostAtOnce = 256;

    /// <summary>The domain whose watchdog has run out, as its id plus one, or 0: a room above ends it, before the next one's is looked at.</summary>
    private static ref uint WatchdogOf => ref EventsState.Now.TimerEventsWatchdogOf;

    /// <summary>
    /// A processor's timer has interrupted it: fires what is due, notices the end of the slice, and sets the timer for what comes next. What a
    /// watchdog does is the caller's to do at once (<see cref="TryTakeWatchdog"/>).
    /// </summary>
    public static void TakeInterrupt(ref ProcessorState processor)
    {
        ulong now = SystemTime.Now;
        ref ProcessorTimer timer = ref ProcessorTimer.All[processor.Number];
        timer.Programmed = ulong.MaxValue;
        for (int turn = 0; turn < MostAtOnce && !Preemption.IsDue && !HasWatchdog; turn++)
        {
            Link<VirtualCpu> vcpu = Timers.TakeDue(ref timer, now, out TimerKind due);
            if (vcpu.IsNull)
                break;
            FireFor(ref processor, ref vcpu.Value, due);
            Preemption.Charge(Cost.Event + Cost.Wake);
        }
        if (now >= timer.SliceEnd)
            processor.Work |= ProcessorWork.Schedule;
        timer.Program(now);
    }

    /// <summary>Whether a watchdog has run out and its domain has not been taken.</summary>
    public static bool HasWatchdog => WatchdogOf != 0;

    /// <summary>The domain whose watchdog has run out, if there is one.</summary>
    public static bool TryTakeWatchdog(out Link<Domain> domain)
    {
        domain = default;
        if (!HasWatchdog)
            return false;
        ushort id = (ushort)(WatchdogOf - 1);
        WatchdogOf = 0;
        return DomainTable.TryFind(id, out domain);
    }

    /// <summary>Fires a timer, at the cost of its own domain where another's virtual CPU runs.</summary>
    private static void FireFor(ref ProcessorState processor, ref VirtualCpu vcpu, TimerKind due)
    {
        Link<VirtualCpu> running = Scheduler.RunningOn(processor);
        if (running.IsNull || running.Value.DomainLink.Same(vcpu.DomainLink))
        {
            Fire(ref vcpu, due);
            return;
        }
        ulong begun = Account.Begin(ref processor);
        Fire(ref vcpu, due);
        Account.End(ref processor, begun, ref vcpu.Domain);
    }

    /// <summary>Does what a timer that was due does.</summary>
    private static void Fire(ref VirtualCpu vcpu, TimerKind due)
    {
        switch (due)
        {
            case TimerKind.Poll:
                Scheduler.Unblock(ref vcpu);
                // Of a domain that is dead it is the alarm of what waits for its next life.
                if (vcpu.MustLeave)
                    Processors.All[CurrentProcessor.Number].Value.Work |= ProcessorWork.Teardown;
                return;
            case TimerKind.Watchdog:
                WatchdogOf = vcpu.Domain.Id + 1u;
                return;
            case TimerKind.Periodic:
                FirePeriodic(ref vcpu);
                return;
            case TimerKind.Virtual:
                vcpu.Timers.VirtualDeadline = 0;
                break;
        }
        Raise(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FirePeriodic(ref VirtualCpu vcpu)
    {
        if (!Scheduler.IsRunning(ref vcpu) && EventChannels.IsPending(ref vcpu.Domain, vcpu.Events.TimerPort))
        {
            vcpu.Timers.IsPeriodResting = true;
            return;
        }
        GuestTimers.StartPeriod(ref vcpu, SystemTime.Now);
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
        ProcessorTimer.Changed(ref vcpu, now);
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
            vcpu.Timers.VirtualDeadline = 0;
            Raise(ref vcpu);
            return;
        }
        vcpu.Timers.VirtualDeadline = deadline;
        GuestTimers.StartVirtual(ref vcpu);
        ProcessorTimer.Changed(ref vcpu, now);
    }

    private static void Raise(ref VirtualCpu vcpu)
    {
        if (vcpu.Events.TimerPort != 0)
            EventChannels.Raise(ref vcpu.Domain, vcpu.Events.TimerPort);
    }
}
