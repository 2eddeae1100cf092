using System;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Building;
using Serai.Hypervisor.Tests.Interrupts;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>Who is charged for what the hypervisor does: whom it is done for, not who runs.</summary>
public sealed class AccountTests
{
    private const ulong Microsecond = 1_000, Millisecond = 1_000_000;

    private static ref ProcessorSchedule Schedule => ref ProcessorSchedule.All[0];

    private static TinyGuest Running(string name)
    {
        var guest = new TinyGuest(name);
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out Link<VirtualCpu> next));
        Assert.True(next.Same(ref guest.Vcpu));
        return guest;
    }

    /// <summary>Lets time pass with each look at the clock, and does something: what of that time was whose.</summary>
    private static (ulong Runners, ulong Others, ulong All) Watch(TinyGuest runner, TinyGuest other, Action work)
    {
        ulong before = runner.Domain.Share.Clock.Time, begin = Schedule.Counted;
        TimeSource.Step = Microsecond;
        work();
        TimeSource.Step = 0;
        ulong lead = unchecked(other.Domain.Share.Clock.Time - Schedule.VirtualTime);
        return (runner.Domain.Share.Clock.Time - before, lead, Schedule.Counted - begin);
    }

    [Fact]
    public void WhatIsDoneForAnotherIsChargedToIt()
    {
        TestMachine.Start();
        TinyGuest runner = Running("runner"), other = new("other");
        Scheduler.Pause(ref other.Vcpu, PauseReasons.Blocked);
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref other.Domain, Virq.Timer, 0, out _));
        Timers.Set(ref other.Vcpu, TimerKind.SingleShot, SystemTime.Now);
        (ulong runners, ulong others, ulong all) = Watch(runner, other, () => TimerEvents.TakeInterrupt(ref TestMachine.Processor));
        Assert.True(other.Vcpu.IsRunnable);
        Assert.InRange(others, 2 * Microsecond, all);
        Assert.Equal(all, runners + others);
    }

    [Fact]
    public void TheRunningOnePaysForItsOwnTimer()
    {
        TestMachine.Start();
        TinyGuest runner = Running("runner");
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref runner.Domain, Virq.Timer, 0, out _));
        Timers.Set(ref runner.Vcpu, TimerKind.SingleShot, SystemTime.Now);
        ulong begin = SystemTime.Now, before = runner.Domain.Share.Clock.Time;
        TimerEvents.TakeInterrupt(ref TestMachine.Processor);
        TimeSource.Now += Millisecond;
        Scheduler.Settle(ref runner.Vcpu);
        Assert.Equal(SystemTime.Now - begin, runner.Domain.Share.Clock.Time - before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ADevicesInterruptIsTheOneWhoseDeviceItIs(bool level)
    {
        const int line = 10;
        TestMachine.Start();
        InterruptGuest zero = new("zero");
        Assert.Equal(Errno.None, zero.SetUp(line, level));
        uint port = zero.Open(line);
        Scheduler.Pause(ref zero.Tiny.Vcpu, PauseReasons.Blocked);
        TinyGuest runner = Running("runner");
        (ulong runners, ulong zeros, ulong all) = Watch(runner, zero.Tiny, () => Assert.Equal(1, InterruptGuest.Move(line, true)));
        Assert.True(zero.IsPending(port));
        Assert.InRange(zeros, Microsecond, all);
        Assert.Equal(all, runners + zeros);
        Assert.Equal(Microsecond, runners);
    }

    [Fact]
    public void ATeardownIsTheDyingDomains()
    {
        TestMachine.Start(32);
        TinyGuest runner = Running("runner"), other = new("other");
        DomainLife.ShutDown(ref other.Domain, ShutdownReason.PowerOff);
        (ulong runners, ulong others, ulong all) = Watch(runner, other, () => Teardown.Step(ref TestMachine.Processor));
        Assert.InRange(others, Microsecond, all);
        Assert.Equal(all, runners + others);
    }

    /// <summary>While all of a domain sleeps its clock is charged; who wakes alone stands there, and nothing is left to be charged again.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public void WhatWasDoneForASleeperIsNotPaidTwice(uint later)
    {
        var world = new SchedulingWorld(1);
        world.AddBusy(256);
        SimulatedGuest sleeper = world.AddBusy(256, vcpus: 2), sibling = world.Guests[2];
        Scheduler.Pause(ref sleeper.Vcpu, PauseReasons.Blocked);
        Scheduler.Pause(ref sibling.Vcpu, PauseReasons.Blocked);
        world.Run(Millisecond);
        Policy.ChargeAside(ref Schedule, ref sleeper.Domain.Share, 10 * Millisecond);
        world.Run(later * Millisecond + Millisecond);
        Scheduler.Unblock(ref sleeper.Vcpu);
        Assert.Equal(0ul, sleeper.Domain.Share.Aside);
    }

    /// <summary>The hypervisor's own lines are nobody's to show, whoever wrote before.</summary>
    [Fact]
    public void WhatTheHypervisorWritesIsShownAtNobodysCost()
    {
        TestMachine.Start();
        TinyGuest runner = Running("runner"), other = new("other");
        TextScreen.Open();
        Assert.True(IsShown(other));
        ulong before = other.Domain.Share.Clock.Time;
        Log.Always().Text("a line of its own"u8).End();
        TimeSource.Step = Microsecond;
        ScreenTurn.GoOn(nobodyRuns: true);
        TimeSource.Step = 0;
        Assert.False(Screen.IsStale);
        Assert.Equal(before, other.Domain.Share.Clock.Time);
        TextScreen.Close();
    }

    /// <summary>Who ends each of its slices with a long call leaves nothing of the budget; the dead have their turn all the same.</summary>
    [Fact]
    public void NobodyKeepsADomainFromItsEndByLongCalls()
    {
        TestMachine.Start(32);
        TinyGuest runner = Running("runner"), other = new("other");
        ushort id = other.Domain.Id;
        DomainLife.ShutDown(ref other.Domain, ShutdownReason.PowerOff);
        int turns = 0;
        for (; DomainTable.TryFind(id, out _) && turns < 1000; turns++)
            Assert.True(Enters(runner, 1_000_000));
        Assert.InRange(turns, 2, 999);
        Assert.True(Enters(runner, 0));
    }

    private static bool Enters(TinyGuest guest, ulong cost)
    {
        Preemption.Begin();
        Preemption.Charge(cost);
        TestMachine.Processor.Work |= ProcessorWork.Schedule;
        return Link<VirtualCpu>.To(ref Work.Run(ref TestMachine.Processor)).Same(ref guest.Vcpu);
    }

    /// <summary>What a share had no room for is written later, in another's time.</summary>
    [Fact]
    public void WhatADomainWritesIsShownAtItsCost()
    {
        TestMachine.Start();
        TinyGuest runner = Running("runner"), silent = new("silent"), other = new("other");
        Fill(other);
        Preemption.Begin();
        Preemption.Charge(1_000_000);
        HypervisorEnds.Send(ref other.Domain, other.Domain.Console.Port);
        Preemption.Begin();
        ulong silents = silent.Domain.Share.Clock.Time;
        (ulong runners, ulong others, ulong all) = Watch(runner, other, () =>
        {
            ulong begun = Account.Begin(ref TestMachine.Processor);
            GuestConsole.GoOn();
            Account.End(ref TestMachine.Processor, begun);
        });
        Assert.InRange(others, Microsecond, all);
        Assert.InRange(runners, 0ul, 2 * Microsecond);
        Assert.Equal(silents, silent.Domain.Share.Clock.Time);
        for (; GuestConsole.MayGoOn; GuestConsole.GoOn())
            Preemption.Begin();
    }

    /// <summary>
    /// The ring of a domain that sleeps may be filled by an accomplice, who pays for nothing: what is written of it costs others no more than that
    /// domain's share, and goes on when they sleep too.
    /// </summary>
    [Fact]
    public void ARingIsNotEmptiedFasterThanItsDomainPays()
    {
        const int turns = 100;
        TestMachine.Start();
        TinyGuest runner = Running("runner"), sleeper = new("sleeper");
        Scheduler.Pause(ref sleeper.Vcpu, PauseReasons.Down);
        int emptied = 0;
        for (int turn = 0; turn < turns; turn++)
        {
            emptied += IsEmptied(sleeper, 10 * Millisecond) ? 1 : 0;
            TimeSource.Now += Millisecond;
            Scheduler.Settle(ref runner.Vcpu);
        }
        // Ten milliseconds each; a domain may owe forty, and the runner had a hundred meanwhile.
        Assert.InRange(emptied, 10, 20);
        Assert.True(GuestConsole.IsHeldBack && !GuestConsole.MayGoOn);
        Scheduler.Pause(ref runner.Vcpu, PauseReasons.Blocked);
        Assert.False(Scheduler.TryChoose(ref TestMachine.Processor, out _));
        Assert.True(GuestConsole.MayGoOn);
        Assert.True(IsEmptied(sleeper, 0));
        Assert.False(GuestConsole.IsHeldBack);
    }

    private static bool IsEmptied(TinyGuest writer, ulong cost)
    {
        ref ConsoleRing ring = ref DirectMap.At<ConsoleRing>(writer.Domain.Console.Frame.Address);
        if (ring.OutConsumer == ring.OutProducer)
            Fill(writer);
        Preemption.Begin();
        Preemption.Charge(1_000_000);
        HypervisorEnds.Send(ref writer.Domain, writer.Domain.Console.Port);
        Preemption.Begin();
        ulong begun = Account.Begin(ref TestMachine.Processor);
        TimeSource.Step = cost;
        GuestConsole.GoOn();
        TimeSource.Step = 0;
        Account.End(ref TestMachine.Processor, begun);
        return ring.OutConsumer == ring.OutProducer;
    }

    private static void Fill(TinyGuest guest)
    {
        ref ConsoleRing ring = ref DirectMap.At<ConsoleRing>(guest.Domain.Console.Frame.Address);
        for (int letter = 0; letter < 512; letter++)
            ring.Out[(int)(ring.OutProducer++ % 2048)] = (byte)(letter % 2 == 0 ? 'a' : '\n');
    }

    /// <summary>
    /// The screen's memory is slow and each line moves all of it: it is brought up to date now and then, for the one who wrote last.
    /// </summary>
    [Fact]
    public void TheScreenIsShownNowAndThenAtTheWritersCost()
    {
        const ulong period = 40 * Millisecond;
        TestMachine.Start();
        TinyGuest runner = Running("runner"), other = new("other");
        TextScreen.Open();
        Assert.True(IsShown(other));
        TimeSource.Now += period / 2;
        Assert.False(IsShown(other));
        TimeSource.Now += period / 2;
        ulong before = other.Domain.Share.Clock.Time;
        TimeSource.Step = Microsecond;
        Assert.True(IsShown(other));
        TimeSource.Step = 0;
        Assert.InRange(other.Domain.Share.Clock.Time - before, Microsecond, Millisecond);
        Assert.False(IsShown(other));
        ScreenTurn.GoOn(nobodyRuns: true);
        Assert.False(Screen.IsStale);
        TextScreen.Close();
    }

    private static bool IsShown(TinyGuest writer)
    {
        HypervisorConsole.WriteGuest(writer.Domain.Id, TerminalRights.Text, "(other) "u8, "a line\n"u8);
        Preemption.Begin();
        ScreenTurn.GoOn(nobodyRuns: false);
        return !Screen.IsStale;
    }

    /// <summary>Who shows the screen holds the lock, and who runs on another processor wants it: an idle one hurries only while all are.</summary>
    [Fact]
    public void AnIdleProcessorShowsTheScreenNowAndThenWhileAnotherRuns()
    {
        const int turns = 100;
        var world = new SchedulingWorld(2);
        SimulatedGuest busy = world.AddBusy(256), writer = world.AddBusy(256);
        Scheduler.Pause(ref writer.Vcpu, PauseReasons.Blocked);
        world.Settle();
        ref ProcessorState idle = ref writer.Vcpu.Processor.Value;
        Assert.True(Scheduler.IsRunning(ref busy.Vcpu) && Scheduler.RunningOn(idle).IsNull);
        TextScreen.Open();
        Assert.InRange(ShownWhileWaiting(ref idle, turns, writer), 1, 4);
        Scheduler.Pause(ref writer.Vcpu, PauseReasons.Blocked);
        Scheduler.Pause(ref busy.Vcpu, PauseReasons.Blocked);
        world.Settle();
        Assert.Equal(turns - 1, ShownWhileWaiting(ref idle, turns, writer));
        TextScreen.Close();
    }

    /// <summary>A processor idles while lines come, one a millisecond: how often the screen has been shown before the next one comes.</summary>
    private static int ShownWhileWaiting(ref ProcessorState processor, int turns, SimulatedGuest writer)
    {
        int shown = 0, left = turns;
        SimulatedProcessor.Number = processor.Number;
        SimulatedProcessor.WhileWaiting = () =>
        {
            shown += Screen.IsStale || left == turns ? 0 : 1;
            TimeSource.Now += Millisecond;
            HypervisorLock.Acquire();
            HypervisorConsole.WriteGuest(writer.Domain.Id, TerminalRights.Text, "(writer) "u8, "a line\n"u8);
            if (--left == 0)
                Scheduler.Unblock(ref writer.Vcpu);
            HypervisorLock.Release();
        };
        Assert.True(Link<VirtualCpu>.To(ref Work.Run(ref processor)).Same(ref writer.Vcpu));
        SimulatedProcessor.WhileWaiting = null;
        return shown;
    }

    /// <summary>
    /// A domain that has run far ahead elsewhere stands in a queue by its virtual CPUs' own times: what is done aside for it counts in these too.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void WhatIsDoneAsideIsPaidByADomainHoweverFarAhead(uint lead)
    {
        var world = new SchedulingWorld(1);
        SimulatedGuest neighbour = world.AddBusy(256), first = world.AddBusy(256, vcpus: 2), second = world.Guests[2];
        first.Domain.Share.Clock.Time += lead * Millisecond;
        for (int turn = 0; turn < 100; turn++)
        {
            world.Run(10 * Millisecond);
            Policy.ChargeAside(ref Schedule, ref first.Domain.Share, 5 * Millisecond);
        }
        // Half of what all had, of which 500 ms were done aside for it.
        Assert.InRange(first.Ran + second.Ran, 225 * Millisecond, 275 * Millisecond);
        Assert.InRange(neighbour.Ran, 725 * Millisecond, 775 * Millisecond);
    }

    /// <summary>A building or a teardown of many seconds costs a domain one of them: it does not wait for ever.</summary>
    [Fact]
    public void WhatIsDoneAtOnceCountsForASecondAtMost()
    {
        var world = new SchedulingWorld(1);
        world.AddBusy(256);
        SimulatedGuest sleeper = world.AddBusy(256);
        Scheduler.Pause(ref sleeper.Vcpu, PauseReasons.Blocked);
        world.Run(Millisecond);
        for (int turn = 0; turn < 10; turn++)
            Policy.ChargeAside(ref Schedule, ref sleeper.Domain.Share, 400 * Millisecond);
        Assert.InRange(sleeper.Domain.Share.Clock.Time - Schedule.VirtualTime, 1000 * Millisecond, 1050 * Millisecond);
    }

    /// <summary>While something is done aside, others wake and look at the clock: the running one is still not charged.</summary>
    [Fact]
    public void NothingOfWhatIsDoneAsideIsTheRunningOnes()
    {
        TestMachine.Start();
        TinyGuest runner = Running("runner"), other = new("other");
        Scheduler.Pause(ref other.Vcpu, PauseReasons.Blocked);
        ulong before = runner.Domain.Share.Clock.Time, begun = Account.Begin(ref TestMachine.Processor);
        TimeSource.Now += 3 * Millisecond;
        Scheduler.Unblock(ref other.Vcpu);
        TimeSource.Now += Millisecond;
        Assert.Equal(4 * Millisecond, Account.End(ref TestMachine.Processor, begun));
        TimeSource.Now += Millisecond;
        Scheduler.Settle(ref runner.Vcpu);
        Assert.Equal(Millisecond, runner.Domain.Share.Clock.Time - before);
    }

    [Fact]
    public void ADomainThatRebootsGoesOnFromWhereItStood()
    {
        TestKernel.Boot(32, "", (TestKernel.Make(), "kernel domain=a memory=2M"));
        ModuleDomains.StartAll();
        Assert.True(DomainTable.TryFind("a"u8, out Link<Domain> domain));
        ulong stood = domain.Value.Share.Clock.Time = Schedule.VirtualTime + 700 * Millisecond;
        DomainLife.ShutDown(ref domain.Value, ShutdownReason.Reboot);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.False(DomainTable.TryFind("a"u8, out _));
        Rebuilds.BeginSlice(SystemTime.Now);
        TimeSource.Now += 5 * Millisecond;
        Rebuilds.CountSlice(SystemTime.Now);
        Rebuilds.BeginSlice(SystemTime.Now);
        TimeSource.Step = Microsecond;
        Rebuilds.DoAll();
        TimeSource.Step = 0;
        Assert.True(DomainTable.TryFind("a"u8, out domain));
        Assert.InRange(domain.Value.Share.Clock.Time, stood + Microsecond, stood + 1000 * Millisecond);
    }
}
