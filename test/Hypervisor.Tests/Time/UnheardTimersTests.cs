using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>Timers that nobody hears interrupt nobody, and are heard from the moment on when somebody does; and whose time timers take.</summary>
public sealed class UnheardTimersTests
{
    private const ulong Millisecond = 1_000_000;

    private readonly TinyGuest guest, neighbour;

    public UnheardTimersTests()
    {
        TestMachine.Start(32);
        guest = new TinyGuest("one", vcpus: 32);
        neighbour = new TinyGuest("two");
        guest.Enter();
    }

    private uint Bind(uint number = 0)
    {
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref guest.Domain, Virq.Timer, number, out uint port));
        return port;
    }

    private void SetPeriodic(uint number, ulong period)
    {
        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new VcpuSetPeriodicTimer { Period = period });
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetPeriodicTimer, number, TinyGuest.AddressOf(TinyGuest.RecordFrame)));
    }

    /// <summary>The processor's timer interrupt, with a share of its own.</summary>
    private static void Expire()
    {
        Preemption.Begin();
        TimerEvents.TakeInterrupt(ref TestMachine.Processor);
    }

    /// <summary>Lets the neighbour run for so long: how often it was interrupted.</summary>
    private int RunNeighbour(ulong nanoseconds)
    {
        Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out Link<VirtualCpu> next));
        Assert.True(next.Same(ref neighbour.Vcpu));
        ref ProcessorTimer timer = ref ProcessorTimer.All[0];
        timer.SliceEnd = ulong.MaxValue;
        timer.Program(SystemTime.Now);
        int interrupts = 0;
        for (ulong end = SystemTime.Now + nanoseconds; timer.Programmed <= end; interrupts++)
        {
            TimeSource.Now += timer.Programmed - SystemTime.Now;
            Expire();
        }
        return interrupts;
    }

    [Fact]
    public void WhatIsNotBoundInterruptsNobody()
    {
        for (uint number = 0; number < 32; number++)
            SetPeriodic(number, Millisecond);
        guest.Call(Hypercall.SetTimerOp, SystemTime.Now + Millisecond);
        Assert.Equal(0u, Timers.CountOn(0));
        Assert.Equal(0, RunNeighbour(100 * Millisecond));
    }

    /// <summary>All at the same whole milliseconds, whatever their phases; the first is raised, the next finds that nobody has heard it.</summary>
    [Fact]
    public void WhatNobodyTakesFiresTwiceAndAllAtOnce()
    {
        for (uint number = 1; number < 32; number++)
        {
            Bind(number);
            TimeSource.Now += 31_000;
            SetPeriodic(number, Millisecond);
        }
        Assert.Equal(31u, Timers.CountOn(0));
        Assert.InRange(RunNeighbour(100 * Millisecond), 2, 3);
        Assert.Equal(0u, Timers.CountOn(0));
    }

    [Fact]
    public void ATimerThatRestsGoesOnWhenItsVirtualProcessorRunsOrIsPolledFor()
    {
        uint port = Bind(), other = Bind(1);
        SetPeriodic(0, Millisecond);
        SetPeriodic(1, Millisecond);
        guest.Domain.SharedInfo.Value.EventMask[0] = ulong.MaxValue;
        RunNeighbour(50 * Millisecond);
        Assert.True(guest.Vcpu.Timers.IsPeriodResting && guest.Domain.Vcpu(1).Timers.IsPeriodResting);
        Assert.True(EventChannels.IsPending(ref guest.Domain, port));
        Scheduler.Pause(ref neighbour.Vcpu, PauseReasons.Domain);
        Scheduler.Unblock(ref guest.Vcpu);
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out _));
        guest.Domain.SharedInfo.Value.EventPending[0] = 0;
        TimeSource.Now += Millisecond;
        Expire();
        Assert.True(EventChannels.IsPending(ref guest.Domain, port));
        Assert.False(EventChannels.IsPending(ref guest.Domain, other));

        ulong ports = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(ports + 64, other);
        TinyGuest.Store(ports, new SchedPoll { Ports = ports + 64, PortCount = 1 });
        Assert.Equal(0, guest.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, ports));
        TimeSource.Now += Millisecond;
        Expire();
        Assert.True(EventChannels.IsPending(ref guest.Domain, other));
        Assert.True(guest.Vcpu.IsRunnable);
    }

    [Fact]
    public void WhatIsBoundLateIsHeardFromThenOn()
    {
        SetPeriodic(0, 2 * Millisecond);
        guest.Call(Hypercall.SetTimerOp, SystemTime.Now + 5 * Millisecond / 2);
        TimeSource.Now += 7 * Millisecond;
        uint port = Bind();
        Assert.Equal(Timers.Stopped, guest.Vcpu.Timers.Deadlines[(int)TimerKind.SingleShot]);
        var ticks = new List<ulong>();
        for (int turn = 0; turn < 5; turn++)
        {
            TimeSource.Now += ProcessorTimer.All[0].Programmed - SystemTime.Now;
            Expire();
            if (guest.Domain.SharedInfo.Value.EventPending[0] != 0)
                ticks.Add(SystemTime.Now);
            guest.Domain.SharedInfo.Value.EventPending[0] = 0;
        }
        Assert.All(ticks.Zip(ticks.Skip(1)), pair => Assert.Equal(2 * Millisecond, pair.Second - pair.First));
        Assert.True(ticks.Count >= 3);

        guest.Call(Hypercall.SetTimerOp, SystemTime.Now + 50 * Millisecond);
        Assert.Equal(Errno.None, EventChannels.Close(ref guest.Domain, port));
        Assert.Equal(0u, Timers.CountOn(0));
        Bind();
        Assert.Equal(1u, Timers.CountOn(0));
    }

    /// <summary>A period that is no whole number of milliseconds is kept on average.</summary>
    [Fact]
    public void PeriodsAreKeptAlthoughTheyEndAtWholeMilliseconds()
    {
        uint port = Bind();
        SetPeriodic(0, 1_300_000);
        int ticks = 0;
        for (ulong end = SystemTime.Now + 1300 * Millisecond; SystemTime.Now < end;)
        {
            TimeSource.Now += ProcessorTimer.All[0].Programmed - SystemTime.Now;
            Expire();
            ticks += EventChannels.IsPending(ref guest.Domain, port) ? 1 : 0;
            guest.Domain.SharedInfo.Value.EventPending[0] = 0;
        }
        Assert.InRange(ticks, 998, 1001);
    }
}
