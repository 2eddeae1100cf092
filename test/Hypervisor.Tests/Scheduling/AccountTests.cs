using System;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Building;
using Serai.Hypervisor.Tests.Events;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>Who is charged for what the hypervisor does: whom it is done for, not who runs.</summary>
public sealed class AccountTests
{
    private const ulong Microsecond = 1_000, Millisecond = 1_000_000;

    private static ref ProcessorSchedule Schedule => ref State.Schedules[0];

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
        (ulong runners, ulong others, ulong all) = Watch(runner, other, () => Scheduler.TimerExpired(ref TestMachine.Processor));
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
        Scheduler.TimerExpired(ref TestMachine.Processor);
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
        for (int turn = 0; turn < 100; turn++)
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
