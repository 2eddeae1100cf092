using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Hypervisor.Building;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>What a processor does between guests: its noted work, the choice of who runs, and the wait when nobody can.</summary>
public static class Work
{
    private static ref bool TeardownWaits => ref TrapsState.Now.WorkTeardownWaits;
    private static ref bool BackgroundHadTurn => ref TrapsState.Now.WorkBackgroundHadTurn;

    private static bool KeyboardWaits
    {
        get => Speech.IsDueFrom(Speaker.Keyboard);
        set => Speech.Note(Speaker.Keyboard, value);
    }

    /// <summary>So often the dead wait for a budget that calls have left something of.</summary>
    private const int MostSkipped = 4;

    private static ref int Skipped => ref TrapsState.Now.WorkSkipped;

    /// <summary>Does all noted work and returns the virtual CPU to enter; waits for one if need be.</summary>
    public static ref VirtualCpu Run(ref ProcessorState processor)
    {
        Tlb.KeepUp(processor.Number);
        ref ProcessorSchedule schedule = ref ProcessorSchedule.All[processor.Number];
        while (true)
        {
            HypervisorLock.Demand();
            LockWatch.Note(LockUse.Work);
            ProcessorWork work = processor.Work;
            processor.Work = ProcessorWork.None;
            if ((work & ProcessorWork.Timer) != 0)
            {
                TimerEvents.TakeInterrupt(ref processor);
                if (TimerEvents.HasWatchdog)
                    Watchdogs.ShutDown(ref processor);
            }
            if ((work & ProcessorWork.Console) != 0 || Speech.IsDue || Screen.IsStale)
                Speak(ref processor, work);
            if (TeardownWaits || (work & ProcessorWork.Teardown) != 0)
                TearDown(ref processor, work);
            bool chooses = (work & ProcessorWork.Schedule) != 0;
            if (chooses && !BackgroundHadTurn && (BuildRequests.AreWaiting || schedule.IsSharing))
                RunBackground(ref processor);
            Link<VirtualCpu> next = schedule.Running;
            if (chooses || next.IsNull)
            {
                if (!Scheduler.TryChoose(ref processor, out next) && processor.Work == ProcessorWork.None)
                    Wait(ref processor);
            }
            if (next.IsNull || processor.Work != ProcessorWork.None)
                continue;
            if ((next.Value.Nmi.IsPending || next.Value.HasLostSelectors) && !TryDeliverBefore(ref processor, ref next.Value))
                continue;
            BackgroundHadTurn = false;
            return ref next.Value;
        }
    }

    /// <summary>
    /// Reads what the operator types and writes what waits to be written: none of it at the cost of who runs, but of the one whose words they are.
    /// </summary>
    private static void Speak(ref ProcessorState processor, ProcessorWork work)
    {
        ulong begun = Account.Begin(ref processor);
        ReadKeyboard(ref processor, work);
        ScreenTurn.GoOn(nobodyRuns: Placement.AllIdle);
        if (GuestConsole.IsHeldBack)
        {
            LockWatch.Note(LockUse.Console);
            GuestConsole.GoOn();
        }
        if (GuestConsole.HasUnfinished)
            GuestConsole.ShowUnfinished();
        if (Reports.AreWaiting)
            Reports.Step();
        Account.End(ref processor, begun);
    }

    /// <summary>What a virtual CPU is told before anything else when it is entered; false where that has made work, its end perhaps.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryDeliverBefore(ref ProcessorState processor, ref VirtualCpu vcpu)
    {
        if (vcpu.HasLostSelectors)
        {
            vcpu.HasLostSelectors = false;
            Bounce.DeliverFailsafe(ref vcpu);
        }
        if (!vcpu.MustLeave)
            NonMaskable.Deliver(ref vcpu);
        return processor.Work == ProcessorWork.None;
    }

    /// <summary>
    /// Works in the background; else waits for an interrupt, or, while there is housework that no other processor does, only takes those that are
    /// there.
    /// </summary>
    internal static void Wait(ref ProcessorState processor)
    {
        if (RunBackground(ref processor))
            return;
        LockWatch.Note(LockUse.Scrub);
        bool isDue = TeardownWaits || KeyboardWaits || Reports.AreWaiting || GuestConsole.MayGoOn || (Screen.IsStale && Placement.AllIdle);
        if (!Housework.TryKeep(ref processor, isDue))
        {
            LockHolder.Leave(ref processor);
            Idle.Wait();
        }
        Preemption.Begin();
    }

    /// <summary>
    /// Gives the building of a domain that starts again a slice, between guests' slices and while nobody runs; false where there is none.
    /// </summary>
    private static bool RunBackground(ref ProcessorState processor)
    {
        ProcessorSchedule.All[processor.Number].IsSharing = BuildRequests.AreWaiting;
        if (!BuildRequests.AreWaiting || Coroutine.IsBusy)
            return false;
        BackgroundHadTurn = true;
        Scheduler.BeginBackground(ref processor);
        ulong begun = Account.Begin(ref processor);
        Rebuilds.BeginSlice(begun);
        LockWatch.Note(LockUse.Background);
        Coroutine.Enter();
        Preemption.Begin();
        LockWatch.Note(LockUse.Work);
        Rebuilds.CountSlice(begun + Account.End(ref processor, begun));
        return true;
    }

    /// <summary>
    /// Serves the serial port when it asks, and, where it has not come to an end, between guests' slices: a port that never does, broken or fed
    /// without a pause, keeps no guest from running.
    /// </summary>
    private static void ReadKeyboard(ref ProcessorState processor, ProcessorWork work)
    {
        const ProcessorWork between = ProcessorWork.Timer | ProcessorWork.Schedule;
        bool isBetween = (work & between) != 0 || Scheduler.RunningOn(processor).IsNull;
        if ((work & ProcessorWork.Console) != 0 || (KeyboardWaits && isBetween))
            KeyboardWaits = Keyboard.Read();
    }

    /// <summary>
    /// Where no processor that idles does it: spends a budget on a teardown, slice by slice, when a guest's own slice is over, or one slice where
    /// nobody runs: so the living are not kept waiting by the dead. What is left to do is not noted among the processor's work, which would keep it
    /// from entering a guest at all. What a call has used of the budget is not there for the dead; but who makes one long call after another does not
    /// keep them for ever: after some turns there is a little for them.
    /// </summary>
    private static void TearDown(ref ProcessorState processor, ProcessorWork work)
    {
        TeardownWaits |= (work & ProcessorWork.Teardown) != 0;
        const ProcessorWork between = ProcessorWork.Timer | ProcessorWork.Schedule;
        bool idles = Scheduler.RunningOn(processor).IsNull;
        if (!TeardownWaits || Housework.IsAnothers || (!idles && (work & between) == 0))
            return;
        if (Preemption.IsDue && ++Skipped <= MostSkipped)
            return;
        Skipped = 0;
        if (Preemption.IsDue)
            Preemption.BeginLittle();
        while (TryTearDownSlice(ref processor) && !idles && TeardownWaits && !Preemption.IsDue)
        {
            if (Volatile.Read(ref processor.LockWanted) != 0)
                Entry.GiveWayBetween(ref processor);
        }
    }

    private static bool TryTearDownSlice(ref ProcessorState processor)
    {
        LockWatch.Note(LockUse.Teardown);
        bool done = Teardown.Step(ref processor);
        LockWatch.Note(LockUse.Work);
        TeardownWaits = (processor.Work & ProcessorWork.Teardown) != 0;
        processor.Work &= ~ProcessorWork.Teardown;
        return done;
    }
}
