using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;
using Serai.Machine.Clock;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>What holds under borrowed virtual time.</summary>
public sealed class SchedulerWithBorrowedVirtualTimeTests() : SchedulerTests("sched=bvt");

/// <summary>The same under round robin.</summary>
public sealed class SchedulerWithRoundRobinTests() : SchedulerTests("sched=rr");

/// <summary>Turns, sleeps, the idle wait, and what a virtual CPU's time is counted as: the mechanism, whatever the policy.</summary>
public abstract class SchedulerTests
{
    protected SchedulerTests(string options) => TestMachine.Start(arguments: options);

    private static string Next()
    {
        Assert.True(Scheduler.TryChoose(ref TestMachine.Processor, out Link<VirtualCpu> next));
        return System.Text.Encoding.ASCII.GetString(next.Value.Domain.NameText);
    }

    [Fact]
    public void WhoCouldAlwaysRunGetsTheSame()
    {
        TinyGuest[] guests = [new("one"), new("two"), new("three")];
        for (int turn = 0; turn < 300; turn++)
        {
            Next();
            Assert.InRange(SimulatedProcessor.TimerNanoseconds!.Value, 1ul, 10_000_000ul);
            TimeSource.Now += SimulatedProcessor.TimerNanoseconds.Value;
            TestMachine.Processor.Work = ProcessorWork.None;
            TimerEvents.TakeInterrupt(ref TestMachine.Processor);
            Assert.Equal(ProcessorWork.Schedule, TestMachine.Processor.Work & ProcessorWork.Schedule);
        }
        ulong all = (ulong)guests.Sum(guest => (long)guest.Vcpu.Runstate.Info.TimeRunning);
        Assert.All(guests, guest => Assert.InRange(guest.Vcpu.Runstate.Info.TimeRunning, all / 3 - 10_000_000, all / 3 + 10_000_000));
    }

    [Fact]
    public void WhoSleepsIsLeftOutAndComesBack()
    {
        TinyGuest one = new("one"), two = new("two");
        Assert.Equal("one", Next());
        Scheduler.Pause(ref one.Vcpu, PauseReasons.Blocked);
        Assert.Equal(["two", "two", "two"], [Next(), Next(), Next()]);
        Scheduler.Unblock(ref one.Vcpu);
        Assert.Equal(2, new HashSet<string> { Next(), Next() }.Count);
        Scheduler.Pause(ref one.Vcpu, PauseReasons.Domain);
        Scheduler.Pause(ref two.Vcpu, PauseReasons.Domain);
        Assert.False(Scheduler.TryChoose(ref TestMachine.Processor, out _));
    }

    [Fact]
    public void NothingRunsWithTwoReasonsToPauseAndOneTakenAway()
    {
        var one = new TinyGuest("one");
        Scheduler.Pause(ref one.Vcpu, PauseReasons.Blocked);
        Scheduler.Pause(ref one.Vcpu, PauseReasons.Domain);
        Scheduler.Unblock(ref one.Vcpu);
        Assert.False(Scheduler.TryChoose(ref TestMachine.Processor, out _));
        Scheduler.Resume(ref one.Vcpu, PauseReasons.Domain);
        Assert.Equal("one", Next());
    }

    [Fact]
    public void AnIdleProcessorWaitsForTheTimerThatEndsASleep()
    {
        var guest = new TinyGuest("one");
        Assert.Equal("one", Next());
        Assert.Equal(Errno.None, VirtualInterrupts.Bind(ref guest.Domain, Virq.Timer, 0, out uint port));
        ulong due = SystemTime.Now + 50_000_000;
        guest.Call(Hypercall.SetTimerOp, due);
        guest.Call(Hypercall.SchedOp, (ulong)SchedCommand.Block);
        SimulatedProcessor.WhileWaiting = () =>
        {
            TimeSource.Now += SimulatedProcessor.TimerNanoseconds!.Value;
            InterruptEntry.Handle(LocalApic.TimerVector, ref TestMachine.Processor);
        };
        ref VirtualCpu woken = ref Work.Run(ref TestMachine.Processor);
        Assert.True(Link<VirtualCpu>.To(ref woken).Same(ref guest.Vcpu));
        Assert.Equal(due, SystemTime.Now);
        Assert.True(EventChannels.IsPending(ref guest.Domain, port));
        Assert.Equal(1, Journal.Count(Act.Wait));
    }

    [Fact]
    public void AllOfTimeIsCountedOnce()
    {
        TinyGuest[] guests = [new("one"), new("two"), new("three")];
        ulong begin = SystemTime.Now;
        var random = new Random(5);
        for (int step = 0; step < 3000; step++)
        {
            TimeSource.Now += (ulong)random.Next(1_000_000);
            ref VirtualCpu vcpu = ref guests[random.Next(3)].Vcpu;
            switch (random.Next(5))
            {
                case 0: Scheduler.Pause(ref vcpu, PauseReasons.Blocked); break;
                case 1: Scheduler.Unblock(ref vcpu); break;
                case 2: Scheduler.Pause(ref vcpu, PauseReasons.Domain); break;
                case 3: Scheduler.Resume(ref vcpu, PauseReasons.Domain); break;
            }
            Scheduler.TryChoose(ref TestMachine.Processor, out Link<VirtualCpu> running);
            CheckTimes(guests, begin, running);
        }
    }

    private static void CheckTimes(TinyGuest[] guests, ulong begin, Link<VirtualCpu> running)
    {
        ulong ran = 0;
        foreach (TinyGuest guest in guests)
        {
            VcpuRunstateInfo times = Runstates.Snapshot(guest.Vcpu, SystemTime.Now);
            Assert.Equal(SystemTime.Now - begin, times.TimeRunning + times.TimeRunnable + times.TimeBlocked + times.TimeOffline);
            Runstate expected = running.Same(ref guest.Vcpu) ? Runstate.Running : Runstates.Waiting(guest.Vcpu);
            Assert.Equal(expected, times.State);
            ran += times.TimeRunning;
        }
        Assert.True(ran <= SystemTime.Now - begin);
    }

    [Fact]
    public void TheGuestsCopyOfItsTimesFollows()
    {
        var guest = new TinyGuest("one");
        Assert.Equal("one", Next());
        ulong area = TinyGuest.AddressOf(14);
        TinyGuest.Store(TinyGuest.AddressOf(TinyGuest.RecordFrame), new VcpuRegisterRunstateMemoryArea { Address = area });
        Assert.Equal(0, guest.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.RegisterRunstateMemoryArea, 0, TinyGuest.AddressOf(TinyGuest.RecordFrame)));
        Assert.Equal(Runstate.Running, TinyGuest.Load<VcpuRunstateInfo>(area).State);
        TimeSource.Now += 1_000;
        guest.Call(Hypercall.SchedOp, (ulong)SchedCommand.Block);
        Assert.False(Scheduler.TryChoose(ref TestMachine.Processor, out _));
        TimeSource.Now += 2_000;
        Scheduler.Unblock(ref guest.Vcpu);
        Assert.Equal("one", Next());
        VcpuRunstateInfo copy = TinyGuest.Load<VcpuRunstateInfo>(area);
        Assert.Equal((Runstate.Running, 1_000ul, 2_000ul), (copy.State, copy.TimeRunning, copy.TimeBlocked));
    }

    [Fact]
    public void AContextSwitchLeaksNothing()
    {
        TinyGuest one = new("one"), two = new("two");
        one.Enter();
        SimulatedProcessor.FloatingPointState.AsSpan().Fill(0xaa);
        SimulatedProcessor.Msrs[Segments.FsBase] = 0x1111;
        two.Enter();
        Assert.DoesNotContain((byte)0xaa, SimulatedProcessor.FloatingPointState);
        Assert.Equal(0ul, SimulatedProcessor.Msrs[Segments.FsBase]);
        Assert.Equal(two.Vcpu.KernelRoot, Tlb.Root);
        one.Enter();
        Assert.True(SimulatedProcessor.FloatingPointState.All(value => value == 0xaa));
        Assert.Equal(0x1111ul, SimulatedProcessor.Msrs[Segments.FsBase]);
    }

    [Fact]
    public void SpeculationForgetsNothingOverASleep()
    {
        TestMachine.AddProcessors(1);
        TinyGuest one = new("one"), two = new("two");
        one.Enter();
        Journal.Clear();
        ContextSwitch.ToNobody(ref TestMachine.Processor);
        one.Enter();
        Assert.Equal(0, Journal.Count(Act.ForgetSpeculation));
        ContextSwitch.ToNobody(ref TestMachine.Processor);
        two.Enter();
        Assert.Equal(1, Journal.Count(Act.ForgetSpeculation));
        ContextSwitch.ForgetTraces(two.Id);
        ContextSwitch.ToNobody(ref TestMachine.Processor);
        two.Enter();
        Assert.Equal(2, Journal.Count(Act.ForgetSpeculation));
    }

    [Fact]
    public void SpeculationForgetsOneDomainBeforeTheNext()
    {
        TinyGuest one = new("one", vcpus: 2), two = new("two");
        one.Enter();
        Journal.Clear();
        ContextSwitch.To(ref TestMachine.Processor, ref one.Vcpu);
        Assert.Equal(0, Journal.Count(Act.ForgetSpeculation));
        two.Enter();
        Assert.Equal(1, Journal.Count(Act.ForgetSpeculation));
        // It is done while the former's state is out and the next one's is not yet in.
        Act[] order = [.. Journal.Entries.Select(it => it.Act)];
        Assert.True(System.Array.IndexOf(order, Act.ForgetSpeculation) > System.Array.IndexOf(order, Act.SaveFloatingPoint));
        Assert.True(System.Array.IndexOf(order, Act.ForgetSpeculation) < System.Array.IndexOf(order, Act.RestoreFloatingPoint));
    }
}
