using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// The mechanism of scheduling: sleeping, waking, choosing, the timer that ends a slice. Which one runs is a policy's to say
/// (<see cref="Policy"/>), on which processor is <see cref="Placement"/>'s. A virtual CPU is running on one processor, or waits in one
/// queue, or has a reason to pause; it may have a reason and still run, until its processor has looked at its work.
/// </summary>
public static class Scheduler
{
    private const ulong LongestSlice = 30_000_000, SharedSlice = 2_000_000, BackgroundSlice = 4_000_000;

    /// <summary>Takes the memory for the records of all processors, and the policy with its context-switch allowance in nanoseconds.</summary>
    public static void Initialise(Table<ProcessorSchedule> schedules, PolicyName policy, ulong switchAllowance)
    {
        ProcessorSchedule.All = schedules;
        Policy.Name = policy;
        BorrowedVirtualTime.SwitchAllowance = switchAllowance;
        for (ulong number = 0; number < schedules.Length; number++)
            schedules[number] = ProcessorSchedule.Fresh((uint)number);
    }

    /// <summary>The virtual CPU that runs on a processor, or null while it idles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Link<VirtualCpu> RunningOn(in ProcessorState processor) => ProcessorSchedule.All[processor.Number].Running;

    /// <summary>Whether a virtual CPU is the one that its processor runs: then that processor may be in it, whatever it is told meanwhile.</summary>
    public static bool IsRunning(ref VirtualCpu vcpu) => RunningOn(vcpu.Processor.Value).Same(ref vcpu);

    /// <summary>Whether it runs on another processor than the one that asks: nothing that it uses may then be taken away.</summary>
    public static bool IsRunningElsewhere(ref VirtualCpu vcpu)
        => Processors.AreMany && vcpu.Processor.Value.Number != CurrentProcessor.Number && IsRunning(ref vcpu);

    /// <summary>Whether more is to be done for a virtual CPU that an event has been raised for than to set its upcall byte.</summary>
    public static bool MayHaveToHear(ref VirtualCpu vcpu)
        => vcpu.Events.IsPolling || (vcpu.PauseReasons & PauseReasons.Blocked) != 0 || Processors.AreMany;

    /// <summary>
    /// An event has been raised for a virtual CPU: it wakes from its sleep; if it is in its guest on another processor, it comes out and sees it.
    /// </summary>
    public static void Tell(ref VirtualCpu vcpu)
    {
        Unblock(ref vcpu);
        if (Processors.AreMany && IsRunning(ref vcpu))
            Interprocessor.Kick(ref vcpu.Processor.Value);
    }

    /// <summary>Lets a virtual CPU run that slept for an event.</summary>
    public static void Unblock(ref VirtualCpu vcpu)
    {
        HypervisorLock.Demand();
        if (vcpu.Events.IsPolling)
        {
            vcpu.Events.IsPolling = false;
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
        if (!vcpu.IsRunnable)
            return;
        vcpu.Domain.Share.Runnable++;
        if (!IsRunning(ref vcpu))
            Wake(ref vcpu, now);
    }

    private static void Wake(ref VirtualCpu vcpu, ulong now)
    {
        uint number = Placement.Choose(vcpu);
        ref ProcessorSchedule schedule = ref ProcessorSchedule.All[number];
        bool isCharged = TryCount(ref schedule, Processors.AreMany ? LockWait.Until(number, now) : now);
        Placement.Bring(ref vcpu, number);
        if (!isCharged)
            Policy.Settle(ref schedule);
        Policy.Wake(ref schedule, ref vcpu, now);
        Join(ref schedule, ref vcpu);
        Reconsider(ref Processors.All[number].Value, ref schedule, now);
    }

    internal static void Join(ref ProcessorSchedule schedule, ref VirtualCpu vcpu)
    {
        vcpu.Turn.Key = Policy.KeyOf(ref schedule, ref vcpu);
        schedule.Queue.Insert(ref vcpu);
    }

    /// <summary>Somebody has joined a queue: its processor wakes up, or the running one's slice may end sooner.</summary>
    private static void Reconsider(ref ProcessorState processor, ref ProcessorSchedule schedule, ulong now)
    {
        if (schedule.Running.IsNull)
        {
            Placement.NoteIdle(processor.Number, false);
            Processors.Ask(ref processor, ProcessorWork.Schedule);
            return;
        }
        ulong left = Policy.Allowance(ref schedule, ref schedule.Running.Value, now);
        if (left == 0)
        {
            Processors.Ask(ref processor, ProcessorWork.Schedule);
        }
        else
        {
            ShortenSlice(ref processor, now + left, now);
        }
    }

    private static void ShortenSlice(ref ProcessorState processor, ulong end, ulong now)
    {
        ref ProcessorTimer timer = ref ProcessorTimer.All[processor.Number];
        if (end >= timer.SliceEnd)
            return;
        timer.SliceEnd = end;
        if (Processors.AreMany && processor.Number != CurrentProcessor.Number)
            Processors.Ask(ref processor, ProcessorWork.Timer);
        else
            timer.Program(now);
    }

    /// <summary>Gives a virtual CPU a reason to pause. One that is running stops on its way back into the guest.</summary>
    public static void Pause(ref VirtualCpu vcpu, PauseReasons reason)
    {
        if (vcpu.IsRunnable)
            vcpu.Domain.Share.Runnable--;
        vcpu.PauseReasons |= reason;
        if (vcpu.Turn.IsQueued)
            ProcessorSchedule.All[vcpu.Turn.Queue].Queue.Remove(ref vcpu);
        if (IsRunning(ref vcpu))
            Processors.Ask(ref vcpu.Processor.Value, ProcessorWork.Schedule);
        else
            Runstates.Enter(ref vcpu, Runstates.Waiting(vcpu), SystemTime.Now);
    }

    /// <summary>The one that makes a call sleeps until an event: what <see cref="Pause"/> does, of one that runs here and waits nowhere.</summary>
    public static void Sleep(ref VirtualCpu caller)
    {
        if (caller.IsRunnable)
            caller.Domain.Share.Runnable--;
        caller.PauseReasons |= PauseReasons.Blocked;
        caller.Processor.Value.Work |= ProcessorWork.Schedule;
    }

    /// <summary>Ends the running virtual CPU's slice.</summary>
    public static void Yield(ref VirtualCpu vcpu)
    {
        vcpu.Turn.HasYielded = true;
        vcpu.Processor.Value.Work |= ProcessorWork.Schedule;
    }

    /// <summary>Says where a virtual CPU may run, a bit for each processor; false where none of these is there, and nothing changes.</summary>
    public static bool TrySetAffinity(ref VirtualCpu vcpu, ulong processors)
    {
        if ((processors & Processors.Online) == 0)
            return false;
        vcpu.Turn.Affinity = processors;
        if (vcpu.Turn.IsQueued)
        {
            ProcessorSchedule.All[vcpu.Turn.Queue].Queue.Remove(ref vcpu);
            Wake(ref vcpu, SystemTime.Now);
        }
        else if (IsRunning(ref vcpu) && !vcpu.Turn.Allows(vcpu.Turn.Queue))
        {
            Processors.Ask(ref vcpu.Processor.Value, ProcessorWork.Schedule);
        }
        return true;
    }

    /// <summary>Pins a virtual CPU to other processors than its usual ones, until <see cref="TryUnpin"/>; false where none is there.</summary>
    public static bool TryPin(ref VirtualCpu vcpu, ulong processors)
    {
        ulong usual = vcpu.Turn.UsualAffinity != 0 ? vcpu.Turn.UsualAffinity : vcpu.Turn.Affinity;
        if (!TrySetAffinity(ref vcpu, processors))
            return false;
        vcpu.Turn.UsualAffinity = usual;
        return true;
    }

    /// <summary>Ends what <see cref="TryPin"/> began; false where there is nothing to end.</summary>
    public static bool TryUnpin(ref VirtualCpu vcpu)
    {
        ulong usual = vcpu.Turn.UsualAffinity;
        vcpu.Turn.UsualAffinity = 0;
        return usual != 0 && TrySetAffinity(ref vcpu, usual);
    }

    /// <summary>A background task is about to run: the timer will stop it.</summary>
    public static void BeginBackground(ref ProcessorState processor)
    {
        ref ProcessorSchedule schedule = ref ProcessorSchedule.All[processor.Number];
        ulong now = SystemTime.Now;
        Count(ref schedule, now);
        ref ProcessorTimer timer = ref ProcessorTimer.All[processor.Number];
        timer.BackgroundEnd = now + BackgroundSlice;
        timer.Program(now);
        timer.BackgroundEnd = ulong.MaxValue;
    }

    /// <summary>Chooses who runs next on a processor; false where nobody can, and the processor idles.</summary>
    public static bool TryChoose(ref ProcessorState processor, out Link<VirtualCpu> next)
    {
        HypervisorLock.Demand();
        ulong now = SystemTime.Now;
        ref ProcessorSchedule schedule = ref ProcessorSchedule.All[processor.Number];
        Link<VirtualCpu> previous = schedule.Running;
        bool hasYielded = !previous.IsNull && previous.Value.Turn.HasYielded;
        Count(ref schedule, now);
        schedule.Running = default;
        Policy.Refresh(ref schedule);
        if (!previous.IsNull)
            PutBack(ref schedule, ref previous.Value, now);
        if (Processors.AreMany)
            Placement.Balance(processor.Number, now);
        Link<VirtualCpu> first = schedule.Queue.First;
        next = first;
        if (!previous.IsNull && !previous.Same(first))
            Runstates.Enter(ref previous.Value, Runstates.Waiting(previous.Value), now);
        Placement.NoteIdle(processor.Number, first.IsNull);
        if (first.IsNull)
        {
            ProcessorTimer.All[processor.Number].SliceEnd = ulong.MaxValue;
            ContextSwitch.ToNobody(ref processor);
        }
        else
        {
            Begin(ref processor, ref schedule, ref first.Value, now);
            if (hasYielded && Processors.AreMany && first.Same(previous))
                Interprocessor.Pause(ref processor);
            if (Processors.AreMany)
                Placement.Offer(schedule.Queue);
        }
        ProcessorTimer.All[processor.Number].Program(now);
        return !first.IsNull;
    }

    private static void Begin(ref ProcessorState processor, ref ProcessorSchedule schedule, ref VirtualCpu next, ulong now)
    {
        schedule.Queue.Remove(ref next);
        schedule.Running = Link<VirtualCpu>.To(ref next);
        schedule.Began = schedule.Counted = now;
        ProcessorTimer.All[processor.Number].SliceEnd = SliceEnd(ref schedule, ref next, now);
        Runstates.Enter(ref next, Runstate.Running, now);
        ContextSwitch.To(ref processor, ref next);
        GuestTimers.StartVirtual(ref next);
        GuestTimers.Awaited(ref next);
    }

    /// <summary>Where nobody waits a slice is long, but it ends: the processor looks after others, and after lines left unfinished.</summary>
    private static ulong SliceEnd(ref ProcessorSchedule schedule, ref VirtualCpu next, ulong now)
    {
        ulong longest = schedule.IsSharing ? SharedSlice : LongestSlice;
        ulong slice = schedule.Queue.IsEmpty ? longest : Policy.Allowance(ref schedule, ref next, now);
        return now + (slice < longest ? slice : longest);
    }

    /// <summary>The one that ran has stopped; while it can run it waits again, here or where it may.</summary>
    private static void PutBack(ref ProcessorSchedule schedule, ref VirtualCpu previous, ulong now)
    {
        if (previous.IsRunnable && !previous.Turn.Allows(previous.Turn.Queue))
            Wake(ref previous, now);
        else if (previous.IsRunnable)
            Requeue(ref schedule, ref previous);
        previous.Turn.HasYielded = false;
    }

    /// <summary>One that has given its turn away waits behind the first of those who were there.</summary>
    private static void Requeue(ref ProcessorSchedule schedule, ref VirtualCpu previous)
    {
        ref Turn turn = ref previous.Turn;
        turn.Key = Policy.KeyOf(ref schedule, ref previous);
        if (turn.HasYielded && !schedule.Queue.IsEmpty && !VirtualTimes.Before(schedule.Queue.First.Value.Turn.Key, turn.Key))
            turn.Key = unchecked(schedule.Queue.First.Value.Turn.Key + 1);
        schedule.Queue.Insert(ref previous);
    }

    /// <summary>Charges a virtual CPU that runs for what it has run, before what it is charged by changes.</summary>
    internal static void Settle(ref VirtualCpu vcpu)
    {
        uint number = vcpu.Processor.Value.Number;
        if (IsRunning(ref vcpu))
            Count(ref ProcessorSchedule.All[number], LockWait.Until(number, SystemTime.Now));
    }

    /// <summary>Charges the running one for what it has run.</summary>
    internal static void Count(ref ProcessorSchedule schedule, ulong now) => TryCount(ref schedule, now);

    /// <summary>The same; false where there is nobody to charge, or nothing. What nobody is charged for the processor has idled.</summary>
    private static bool TryCount(ref ProcessorSchedule schedule, ulong now)
    {
        ulong since = schedule.Counted;
        schedule.Counted = now;
        if (now <= since || schedule.IsAside)
            return false;
        if (schedule.Running.IsNull)
        {
            schedule.Idle += Duration.Between(since, now);
            return false;
        }
        Policy.Charge(ref schedule, ref schedule.Running.Value, Duration.Between(since, now), now);
        return true;
    }

    /// <summary>
    /// Forgets a virtual CPU that is about to be torn down: it has a reason to pause and does not run on another processor
    /// (<see cref="IsRunningElsewhere"/>).
    /// </summary>
    public static void Forget(ref VirtualCpu vcpu)
    {
        if (IsRunning(ref vcpu))
            ProcessorSchedule.All[vcpu.Processor.Value.Number].Running = default;
        Timers.StopAll(ref vcpu);
        ContextSwitch.Drop(ref vcpu);
    }
}
