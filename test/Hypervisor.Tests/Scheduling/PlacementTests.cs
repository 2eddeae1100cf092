using System;
using System.Linq;

using FsCheck;
using FsCheck.Fluent;

using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>
/// Where virtual CPUs run, under either policy: nobody is lost, runs twice or runs where it must not, and no processor idles in vain.
/// </summary>
public sealed class PlacementTests
{
    private const ulong Millisecond = 1_000_000, Second = 1_000_000_000;

    /// <summary>A guest as the generator makes it.</summary>
    public sealed record Wish(uint Weight, int Burst, int Sleep, ulong Affinity, bool Warped);

    private static Gen<Wish> Wishes(int processors) =>
        from weight in Gen.Choose(1, 1024)
        from burst in Gen.Frequency((1, Gen.Constant(0)), (2, Gen.Choose(1, 20_000)))
        from sleep in Gen.Choose(1, 50_000)
        from affinity in Gen.Frequency((3, Gen.Constant(ulong.MaxValue)), (1, Gen.Choose(1, (1 << processors) - 1).Select(it => (ulong)it)))
        from warped in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Wish((uint)weight, burst, sleep, affinity, warped);

    /// <summary>Any workload for half a second, looked at after every event.</summary>
    [Theory]
    [InlineData("sched=bvt", 1)]
    [InlineData("sched=bvt", 3)]
    [InlineData("sched=bvt", 6)]
    [InlineData("sched=rr", 1)]
    [InlineData("sched=rr", 4)]
    public void NobodyIsLostAndNoProcessorIdlesInVain(string policy, int processors) =>
        Prop.ForAll(Wishes(processors).ListOf().ToArbitrary(), wishes =>
        {
            var world = new SchedulingWorld((uint)processors, policy, wishes.Count);
            foreach (Wish wish in wishes.Take(30))
            {
                var share = new ShareParameters { Weight = wish.Weight, Warp = wish.Warped ? 30 * Millisecond : 0, WarpLimit = 3 * Millisecond };
                world.Add(share, (ulong)wish.Burst * 1000, (ulong)wish.Sleep * 1000, wish.Affinity);
            }
            world.Run(Second / 2, world.CheckNobodyIsLost);
            return world.Guests.Sum(it => (decimal)it.Ran) + world.Idle == processors * (decimal)(Second / 2);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    /// <summary>dom0_vcpus_pin: each virtual CPU of the initial domain's stays where its number says, and nobody else's does.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("dom0_vcpus_pin", true)]
    [InlineData("dom0_vcpus_pin=no", false)]
    public void TheInitialDomainsVcpusStayWhereTheirNumberSays(string option, bool arePinned)
    {
        _ = new SchedulingWorld(3, option);
        var initial = new TinyGuest("Domain-0", vcpus: 5, initial: true);
        var other = new TinyGuest("other", vcpus: 2);
        for (uint number = 0; number < 5; number++)
        {
            Assert.Equal(arePinned ? 1ul << (int)(number % 3) : ulong.MaxValue, initial.Domain.Vcpu(number).Turn.Affinity);
            Assert.True(!arePinned || initial.Domain.Vcpu(number).Processor.Value.Number == number % 3);
        }
        Assert.Equal((ulong.MaxValue, ulong.MaxValue), (other.Domain.Vcpu(0).Turn.Affinity, other.Domain.Vcpu(1).Turn.Affinity));
    }

    /// <summary>The longest wait is bounded by what the others are entitled to, whoever sleeps and wakes.</summary>
    [Theory]
    [InlineData("sched=bvt")]
    [InlineData("sched=rr")]
    public void NobodyStarves(string policy)
    {
        var world = new SchedulingWorld(3, policy);
        var random = new Random(3);
        for (int index = 0; index < 40; index++)
        {
            bool busy = index % 2 == 0;
            world.Add(
                new ShareParameters { Weight = (uint)random.Next(128, 513), Warp = index % 8 == 1 ? 20 * Millisecond : 0 },
                busy ? 0 : (ulong)random.Next(1, 5000) * 1000, (ulong)random.Next(1, 20_000) * 1000);
        }
        world.Run(20 * Second);
        Assert.All(world.Guests, it => Assert.InRange(it.LongestWait, 0ul, 400 * Millisecond));
        Assert.All(world.Guests, it => Assert.True(it.Ran > 0));
    }

    [Fact]
    public void AffinityIsObeyedAndFollowed()
    {
        var world = new SchedulingWorld(4);
        SimulatedGuest guest = world.AddBusy(256);
        world.AddBusy(256);
        foreach (uint processor in (uint[])[2, 0, 3, 1, 1, 2])
        {
            Assert.True(Scheduler.TrySetAffinity(ref guest.Vcpu, 1ul << (int)processor));
            world.Settle();
            world.Run(3 * Millisecond, world.CheckNobodyIsLost);
            Assert.True(Scheduler.RunningOn(Processors.All[processor].Value).Same(ref guest.Vcpu));
            Assert.Equal(processor, guest.Vcpu.Processor.Value.Number);
            world.Run(20 * Millisecond, world.CheckNobodyIsLost);
        }
        Assert.False(Scheduler.TrySetAffinity(ref guest.Vcpu, 0));
        Assert.False(Scheduler.TrySetAffinity(ref guest.Vcpu, 0xf0));
        Assert.Equal(4ul, guest.Vcpu.Turn.Affinity);
    }

    [Fact]
    public void APinEndsWhereItBegan()
    {
        var world = new SchedulingWorld(4);
        SimulatedGuest guest = world.AddBusy(256, affinity: 0b1010);
        Assert.True(Scheduler.TryPin(ref guest.Vcpu, 1));
        Assert.True(Scheduler.TryPin(ref guest.Vcpu, 4));
        world.Settle();
        Assert.Equal(2u, guest.Vcpu.Processor.Value.Number);
        Assert.False(Scheduler.TryPin(ref guest.Vcpu, 1ul << 63));
        Assert.True(Scheduler.TryUnpin(ref guest.Vcpu));
        Assert.Equal(0b1010ul, guest.Vcpu.Turn.Affinity);
        Assert.False(Scheduler.TryUnpin(ref guest.Vcpu));
        world.Run(20 * Millisecond, world.CheckNobodyIsLost);
    }

    /// <summary>With several processors, what sleeps or waits has nothing in a processor; what runs has it in its own.</summary>
    [Fact]
    public void WhoDoesNotRunHasNoStateInAProcessor()
    {
        var world = new SchedulingWorld(3, seed: 4);
        for (int index = 0; index < 6; index++)
            world.Add(ShareParameters.Usual, burst: 3 * Millisecond, sleep: 5 * Millisecond);
        world.Run(2 * Second, () =>
        {
            for (uint number = 0; number < 3; number++)
            {
                Assert.True(LoadedVcpus.All[number].Same(ProcessorSchedule.All[number].Running));
                Assert.True(LoadedVcpus.All[number].IsNull || LoadedVcpus.All[number].Value.Processor.Value.Number == number);
            }
        });
    }

    [Fact]
    public void WhoRunsElsewhereIsToldOfAnEventAndOfItsPause()
    {
        var world = new SchedulingWorld(2);
        SimulatedGuest here = world.AddBusy(256), there = world.AddBusy(256);
        SimulatedProcessor.Number = here.Vcpu.Processor.Value.Number;
        Journal.Clear();
        Scheduler.Tell(ref here.Vcpu);
        Assert.Equal(0, Journal.Count(Act.Kick));
        Scheduler.Tell(ref there.Vcpu);
        Assert.Equal(new JournalEntry(Act.Kick, there.Vcpu.Processor.Value.Number), Assert.Single(Journal.Entries));
        Assert.True(Scheduler.IsRunningElsewhere(ref there.Vcpu));
        Assert.False(Scheduler.IsRunningElsewhere(ref here.Vcpu));
        Scheduler.Pause(ref there.Vcpu, PauseReasons.Domain);
        Assert.Equal(2, Journal.Count(Act.Kick));
        Assert.True(Scheduler.IsRunningElsewhere(ref there.Vcpu));
        Assert.Equal(ProcessorWork.Schedule, there.Vcpu.Processor.Value.Work);
        world.Settle();
        Assert.False(Scheduler.IsRunningElsewhere(ref there.Vcpu));
        Scheduler.Forget(ref there.Vcpu);
    }

    /// <summary>
    /// One that has slept, or whose siblings ran, is far behind by what it has run itself: it hides nobody who is owed, and is owed nothing for it.
    /// </summary>
    [Fact]
    public void WhoIsFarBehindByItselfHidesNobodyAndIsOwedNothing()
    {
        const ulong early = 100_000_000, late = 200_000_000;
        var world = new SchedulingWorld(2);
        for (int guest = 0; guest < 4; guest++)
            world.AddBusy(256);
        ref ProcessorSchedule here = ref ProcessorSchedule.All[0], there = ref ProcessorSchedule.All[1];
        ref VirtualCpu first = ref here.Queue.First.Value, other = ref there.Queue.First.Value;
        here.Offset = there.Offset = 0;
        (here.VirtualTime, there.VirtualTime) = (late, early);
        (first.Turn.Time, other.Turn.Time) = (0, early);
        Assert.True(Policy.IsOwed(ref here, ref there, ref other));
        (here.VirtualTime, there.VirtualTime) = (late, late);
        (first.Turn.Time, other.Turn.Time) = (late, 0);
        Assert.False(Policy.IsOwed(ref here, ref there, ref other));
    }
}
