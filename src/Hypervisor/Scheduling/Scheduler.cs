using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Time;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// The mechanism of scheduling: sleeping, waking, choosing, the timer that ends a slice. Which one runs is a policy's to say
/// (<see cref="ISchedulingPolicy"/>). A virtual CPU is running, or on the policy's queue, or has a reason to pause; never two of these.
/// </summary>
public static class Scheduler
{
    private static Link<VirtualCpu> running;
    private static ulong sliceEnd = ulong.MaxValue;
    private static ulong programmed = ulong.MaxValue;
    private static ulong backgroundEnd = ulong.MaxValue;

    /// <summary>The virtual CPU that runs on this processor, or null while it idles.</summary>
    public static Link<VirtualCpu> Running => running;

    /// <summary>Lets a virtual CPU run that slept for an event.</summary>
    public static void Unblock(ref VirtualCpu vcpu)
    {
        if (vcpu.IsPolling)
        {
            vcpu.IsPolling = false;
            Timers.Stop(ref vcpu, TimerKind.Poll);
        }
        Resume(ref vcpu, PauseReasons.Blocked);
    }

    /// <summary>Takes a reason to pause away; with the last one gone it waits for its turn.</summary>
    public static void Resume(ref VirtualCpu vcpu, PauseReasons reason)
    {
        if ((vcpu.PauseReasons & reason) == 0)
            return;
        vcpu.PauseReasons &= ~reason;
        ulong now = SystemTime.Now;
        Runstates.Enter(ref vcpu, Runstates.Waiting(vcpu), now);
        if (!vcpu.IsRunnable || vcpu.IsQueued || running.Same(ref vcpu))
            return;
        RoundRobin.Enqueue(ref vcpu);
        if (running.IsNull || RoundRobin.Preempts(ref vcpu, ref running.Value))
            vcpu.Processor.Value.Work |= ProcessorWork.Schedule;
    }

    /// <summary>Gives a virtual CPU a reason to pause. One that is running stops on its way back into the guest.</summary>
    public static void Pause(ref VirtualCpu vcpu, PauseReasons reason)
    {
        vcpu.PauseReasons |= reason;
        if (vcpu.IsQueued)
            RoundRobin.Remove(ref vcpu);
        if (running.Same(ref vcpu))
            vcpu.Processor.Value.Work |= ProcessorWork.Schedule;
        else
            Runstates.Enter(ref vcpu, Runstates.Waiting(vcpu), SystemTime.Now);
    }

    /// <summary>Ends the running virtual CPU's slice.</summary>
    public static void Yield(ref VirtualCpu vcpu) => vcpu.Processor.Value.Work |= ProcessorWork.Schedule;

    /// <summary>Set while a background task wants the processor too: guests' slices are then at most <see cref="SharedSlice"/>.</summary>
    public static bool IsSharing { get; set; }

    private const ulong SharedSlice = 4_000_000, BackgroundSlice = 4_000_000;

    /// <summary>A background task is about to run: the timer will stop it.</summary>
    public static void BeginBackground()
    {
        ulong now = SystemTime.Now;
        backgroundEnd = now + BackgroundSlice;
        ProgramTimer(now);
        backgroundEnd = ulong.MaxValue;
    }

    /// <summary>Chooses who runs next on a processor; false where nobody can, and the processor idles.</summary>
    public static bool TryChoose(ref ProcessorState processor, out Link<VirtualCpu> next)
    {
        ulong now = SystemTime.Now;
        Link<VirtualCpu> previous = running;
        running = default;
        if (!previous.IsNull)
        {
            ref VirtualCpu last = ref previous.Value;
            if (last.IsRunnable)
                RoundRobin.Enqueue(ref last);
            else
                Runstates.Enter(ref last, Runstates.Waiting(last), now);
        }
        if (!RoundRobin.TryTakeNext(out next, out ulong slice))
        {
            sliceEnd = ulong.MaxValue;
            ProgramTimer(now);
            return false;
        }
        running = next;
        sliceEnd = now + (IsSharing && slice > SharedSlice ? SharedSlice : slice);
        if (!previous.IsNull && !previous.Same(next) && previous.Value.IsRunnable)
            Runstates.Enter(ref previous.Value, Runstate.Runnable, now);
        Runstates.Enter(ref next.Value, Runstate.Running, now);
        ContextSwitch.To(ref processor, ref next.Value);
        ProgramTimer(now);
        return true;
    }

    /// <summary>Forgets a virtual CPU that is about to be taken apart; it must have a reason to pause.</summary>
    public static void Forget(ref VirtualCpu vcpu)
    {
        if (vcpu.IsQueued)
            RoundRobin.Remove(ref vcpu);
        if (running.Same(ref vcpu))
            running = default;
        Timers.Stop(ref vcpu, TimerKind.Guest);
        Timers.Stop(ref vcpu, TimerKind.Poll);
        ContextSwitch.Drop(ref vcpu);
    }

    /// <summary>Fires what is due and notices the end of the slice; then sets the hardware's timer for what comes next.</summary>
    public static void TimerExpired(ref ProcessorState processor)
    {
        ulong now = SystemTime.Now;
        programmed = ulong.MaxValue;
        while (Timers.TryTakeDue(now, out TimerSlot due))
            GuestTimers.Fire(ref due.Vcpu.Value, due.Kind, due.Deadline);
        if (now >= sliceEnd)
            processor.Work |= ProcessorWork.Schedule;
        ProgramTimer(now);
    }

    /// <summary>Sets the hardware's timer for the earliest of slice and timers, where that is sooner than what it is set for.</summary>
    public static void ProgramTimer(ulong now)
    {
        ulong next = Timers.NextDeadline < sliceEnd ? Timers.NextDeadline : sliceEnd;
        if (backgroundEnd < next)
            next = backgroundEnd;
        if (next == programmed)
            return;
        programmed = next;
        if (next == ulong.MaxValue)
            LocalApic.StopTimer();
        else
            LocalApic.SetTimer(next > now ? next - now : 0);
    }

    /// <summary>Forgets everything, for tests that begin anew.</summary>
    public static void Reset()
    {
        running = default;
        sliceEnd = programmed = ulong.MaxValue;
        RoundRobin.Reset();
    }
}
