using System;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Traps;
using Serai.Machine.Clock;
using Serai.Machine.Interrupts;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>The wait for the lock: who is given way to, and who pays.</summary>
public sealed class LockWaitTests
{
    private const ulong Microsecond = 1_000, Millisecond = 1_000_000;

    private delegate void Way(ref VirtualCpu vcpu);

    private delegate void Doing(ref ProcessorState processor);

    private static readonly Action wait = Entry.WaitForLock;
    private static readonly Way giveWay = Entry.GiveWay;

    private static ref ProcessorState Processor(int number) => ref Processors.All[(ulong)number].Value;

    /// <summary>A processor waits while another holds the lock for so long, which then gives it up.</summary>
    private static void WaitFor(int waiter, ulong nanoseconds, Action? meanwhile = null)
    {
        SimulatedProcessor.Number = (uint)waiter;
        SimulatedProcessor.WhilePausing = () =>
        {
            SimulatedProcessor.WhilePausing = null;
            meanwhile?.Invoke();
            TimeSource.Now += nanoseconds;
            HypervisorLock.Release();
        };
        wait();
    }

    private static ulong TimeOf(SimulatedGuest guest)
    {
        Scheduler.Settle(ref guest.Vcpu);
        return guest.Domain.Share.Clock.Time;
    }

    private static int NumberOf(SimulatedGuest guest) => (int)guest.Vcpu.Processor.Value.Number;

    private static (SimulatedGuest First, SimulatedGuest Second) TwoThatRun(uint processors = 2)
    {
        var world = new SchedulingWorld(processors);
        (SimulatedGuest first, SimulatedGuest second) = (world.AddBusy(256), world.AddBusy(256));
        world.Settle();
        Assert.True(Scheduler.IsRunning(ref first.Vcpu) && Scheduler.IsRunning(ref second.Vcpu));
        return (first, second);
    }

    [Fact]
    public void WhoWaitsAsksAllOthersToGiveWayAndNobodyOnceItHasTheLock()
    {
        _ = new SchedulingWorld(3);
        WaitFor(1, Millisecond, () =>
        {
            Assert.Equal((1, 0, 1), (Processor(0).LockWanted, Processor(1).LockWanted, Processor(2).LockWanted));
            Assert.NotEqual(0u, Processor(1).WaitsSince);
        });
        Assert.True(HypervisorLock.IsHeld);
        Assert.Equal((0, 0, 0), (Processor(0).LockWanted, Processor(1).LockWanted, Processor(2).LockWanted));
        Assert.Equal(0u, Processor(1).WaitsSince);
    }

    /// <summary>One of two that wait takes the lock, and clears what the other has asked for: that one asks again.</summary>
    [Fact]
    public void WhoWaitsOnAsksAgain()
    {
        _ = new SchedulingWorld(2);
        SimulatedProcessor.Number = 1;
        int looks = 0;
        SimulatedProcessor.WhilePausing = () =>
        {
            Assert.Equal(1, Processor(0).LockWanted);
            Processor(0).LockWanted = 0;
            if (++looks == 3)
                HypervisorLock.Release();
        };
        wait();
        Assert.Equal(3, looks);
    }

    /// <summary>The holder gives the lock up and comes back once the other has it; a request of that one is served meanwhile.</summary>
    [Fact]
    public void WhoGivesWayStandsAsideUntilTheOtherHasTheLock()
    {
        (SimulatedGuest first, _) = TwoThatRun();
        SimulatedProcessor.Number = (uint)NumberOf(first);
        Processor(NumberOf(first)).LockWanted = 1;
        int looks = 0;
        bool served = false;
        SimulatedProcessor.WhilePausing = () =>
        {
            if (++looks == 5)
                HypervisorLock.Acquire();
            else if (looks == 6)
                Processor(NumberOf(first)).Request = 1;
            else if (looks == 7)
                (Processor(NumberOf(first)).LockWanted, served) = (0, Processor(NumberOf(first)).Served == 1);
        };
        giveWay(ref first.Vcpu);
        Assert.Equal(7, looks);
        Assert.True(served && HypervisorLock.IsHeld);
    }

    /// <summary>A processor that waits may itself be stopped for long, by the host of the machine: nobody waits for it then.</summary>
    [Fact]
    public void NobodyStandsAsideForEver()
    {
        (SimulatedGuest first, _) = TwoThatRun();
        SimulatedProcessor.Number = (uint)NumberOf(first);
        Processor(NumberOf(first)).LockWanted = 1;
        int looks = 0;
        SimulatedProcessor.WhilePausing = () => looks++;
        giveWay(ref first.Vcpu);
        Assert.InRange(looks, 100, 10_000);
        Assert.False(HypervisorLock.IsHeld);
        Assert.Equal(0, Processor(NumberOf(first)).LockWanted);
    }

    [Theory]
    [InlineData(9 * Microsecond, 9 * Microsecond)]
    [InlineData(900 * Microsecond, 0)]
    public void ALongWaitIsNotTheWaitersTime(ulong wait, ulong charged)
    {
        (_, SimulatedGuest waiter) = TwoThatRun();
        TimeSource.Now += 50 * Microsecond;
        ulong before = TimeOf(waiter);
        TimeSource.Now += 70 * Microsecond;
        WaitFor(NumberOf(waiter), wait);
        TimeSource.Now += 30 * Microsecond;
        Assert.Equal(VirtualTimes.Of(100 * Microsecond + charged, waiter.Domain.Share.Rate), TimeOf(waiter) - before);
    }

    /// <summary>Not even where the holder wakes somebody up there meanwhile, or changes its weight.</summary>
    [Fact]
    public void NobodyElseChargesALongWaitToTheWaiter()
    {
        var world = new SchedulingWorld(2);
        SimulatedGuest holder = world.AddBusy(256), waiter = world.AddBusy(256);
        ulong there = 1ul << NumberOf(waiter);
        SimulatedGuest sleeper = world.Add(new ShareParameters { Weight = 256 }, burst: Microsecond, sleep: 1000 * Millisecond, affinity: there);
        world.Run(50 * Millisecond);
        Assert.True(Scheduler.IsRunning(ref holder.Vcpu) && Scheduler.IsRunning(ref waiter.Vcpu));
        ulong before = TimeOf(waiter);
        WaitFor(NumberOf(waiter), 300 * Microsecond, () =>
        {
            TimeSource.Now += 300 * Microsecond;
            Scheduler.Unblock(ref sleeper.Vcpu);
            TimeSource.Now += 300 * Microsecond;
            Scheduler.Settle(ref waiter.Vcpu);
        });
        Assert.Equal(before, TimeOf(waiter));
    }

    /// <summary>The holder pays on its way out: as much as the one waited that waited longest, but for no time before it had the lock.</summary>
    [Theory]
    [InlineData(900 * Microsecond, 900 * Microsecond)]
    [InlineData(9 * Microsecond, 0)]
    public void TheHolderPaysForTheLongestWait(ulong held, ulong paid)
    {
        (SimulatedGuest holder, SimulatedGuest waiter) = TwoThatRun();
        WaitFor(NumberOf(holder), 5 * Millisecond);
        Processor(NumberOf(waiter)).WaitsSince = SystemTime.Now - 3 * Millisecond;
        TimeSource.Now += held;
        ulong before = TimeOf(holder);
        LockWait.Pay(ref holder.Vcpu);
        Assert.Equal(VirtualTimes.Of(paid, holder.Domain.Share.Rate), holder.Domain.Share.Clock.Time - before);
    }

    [Fact]
    public void ManyWhoWaitCostTheHolderNoMoreThanOne()
    {
        var world = new SchedulingWorld(8);
        SimulatedGuest[] guests = new SimulatedGuest[8];
        for (int number = 0; number < 8; number++)
            guests[number] = world.AddBusy(256);
        world.Settle();
        WaitFor(NumberOf(guests[0]), 5 * Millisecond);
        for (int number = 1; number < 8; number++)
            Processor(NumberOf(guests[number])).WaitsSince = SystemTime.Now + (ulong)number * Microsecond;
        TimeSource.Now += Millisecond;
        ulong before = TimeOf(guests[0]);
        LockWait.Pay(ref guests[0].Vcpu);
        Assert.Equal(VirtualTimes.Of(999 * Microsecond, guests[0].Domain.Share.Rate), guests[0].Domain.Share.Clock.Time - before);
    }

    /// <summary>
    /// Who had the lock before has paid, or goes idle and pays nothing: whoever comes next, without waiting itself, pays for its own time alone.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NobodyPaysForWhatTheLastHolderMadeOthersWait(bool idles)
    {
        (SimulatedGuest holder, SimulatedGuest waiter) = TwoThatRun(3);
        ref ProcessorState last = ref Processor(idles ? 3 - NumberOf(holder) - NumberOf(waiter) : NumberOf(holder));
        SimulatedProcessor.Number = last.Number;
        (Processor(NumberOf(waiter)).WaitsSince, last.LockWanted) = (SystemTime.Now, 1);
        TimeSource.Now += Millisecond;
        if (idles)
            LeaveIdle(ref last);
        else
            giveWay(ref holder.Vcpu);
        TimeSource.Now += 20 * Microsecond;
        ulong before = TimeOf(holder);
        LockWait.Pay(ref holder.Vcpu);
        Assert.Equal(VirtualTimes.Of(20 * Microsecond, holder.Domain.Share.Rate), holder.Domain.Share.Clock.Time - before);
    }

    /// <summary>A processor that idles waits for an interrupt, by which it gets something to do.</summary>
    private static void LeaveIdle(ref ProcessorState processor)
    {
        uint number = processor.Number;
        SimulatedProcessor.WhileWaiting = () => Processors.All[number].Value.Work = ProcessorWork.Console;
        Work.Wait(ref processor);
        SimulatedProcessor.WhileWaiting = null;
        HypervisorLock.Release();
    }

    /// <summary>An interrupt that comes while a processor idles is served under the lock, which nobody pays for.</summary>
    [Fact]
    public void AnInterruptOfTheIdleWaitIsNobodysTime()
    {
        (SimulatedGuest holder, SimulatedGuest waiter) = TwoThatRun();
        SimulatedProcessor.Number = (uint)NumberOf(holder);
        HypervisorLock.Release();
        (Processor(NumberOf(waiter)).WaitsSince, Processor(NumberOf(holder)).LockWanted) = (SystemTime.Now, 1);
        TimeSource.Now += Millisecond;
        Entry.Interrupt(LocalApic.SpuriousVector);
        ulong before = TimeOf(holder);
        LockWait.Pay(ref holder.Vcpu);
        Assert.Equal(before, holder.Domain.Share.Clock.Time);
    }

    /// <summary>A processor without a guest loses nothing by its wait.</summary>
    [Fact]
    public void AWaitOfAProcessorThatRunsNobodyIsNotPaidFor()
    {
        (SimulatedGuest holder, SimulatedGuest waiter) = TwoThatRun(3);
        int idle = 3 - NumberOf(holder) - NumberOf(waiter);
        Processor(idle).WaitsSince = SystemTime.Now;
        TimeSource.Now += Millisecond;
        ulong before = TimeOf(holder);
        LockWait.Pay(ref holder.Vcpu);
        Assert.Equal(before, holder.Domain.Share.Clock.Time);
    }
}
