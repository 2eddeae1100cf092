using System;
using System.Linq;

using Xunit;
using Xunit.Abstractions;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>
/// What borrowed virtual time promises: shares as the weights say, short waits for who is warped, and neither at the others' cost. With SERAI_HOURS
/// set, the longest history is of so many hours.
/// </summary>
public sealed class BorrowedVirtualTimeTests(ITestOutputHelper output)
{
    private const ulong Microsecond = 1_000, Millisecond = 1_000_000, Second = 1_000_000_000, Allowance = BorrowedVirtualTime.UsualSwitchAllowance;

    private static int Hours => int.TryParse(Environment.GetEnvironmentVariable("SERAI_HOURS"), out int hours) ? hours : 0;

    private void ExpectShares(SchedulingWorld world, double tolerance)
    {
        double weights = world.Guests.Sum(it => it.Weight), ran = world.Guests.Sum(it => (double)it.Ran);
        double worst = world.Guests.Max(it => Math.Abs(it.Ran / ran / (it.Weight / weights) - 1));
        output.WriteLine($"worst error {worst:P2}, {world.Switches} switches, longest wait {world.Guests.Max(it => it.LongestWait) / 1000} us");
        foreach (SimulatedGuest it in world.Guests.Where(_ => worst >= tolerance))
            output.WriteLine($"weight {it.Weight} got {it.Ran / ran / (it.Weight / weights):P2} of its share on processor {it.Vcpu.Turn.Queue}");
        Assert.True(worst < tolerance, $"{worst:P2}");
        Assert.Equal(0ul, world.Idle);
    }

    [Theory]
    [InlineData(1, 300, 600)]
    [InlineData(2, 3, 20)]
    [InlineData(2, 9, 20)]
    [InlineData(4, 50, 40)]
    [InlineData(7, 100, 30)]
    public void SharesAreAsTheWeightsSay(uint processors, int guests, int seconds)
    {
        var world = new SchedulingWorld(processors);
        var random = new Random(guests);
        for (int index = 0; index < guests; index++)
            world.AddBusy(guests <= 9 ? 256 : (uint)random.Next(64, 1025));
        world.Run((ulong)seconds * Second);
        ExpectShares(world, 0.01);
    }

    [Fact]
    public void ThousandsOfDomainsForHours()
    {
        (ulong seconds, double tolerance) = Hours == 0 ? (1_500ul, 0.02) : ((ulong)Hours * 3600, 0.01);
        foreach (uint processors in (uint[])[1, 8])
        {
            var world = new SchedulingWorld(processors, mebibytes: 128);
            var random = new Random(9);
            for (int index = 0; index < 2000; index++)
                world.AddBusy((uint)random.Next(64, 1025));
            world.Run(seconds * Second);
            ExpectShares(world, tolerance);
            world.CheckNobodyIsLost();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WeightsFromOneToTheGreatestHold(uint processors)
    {
        var world = new SchedulingWorld(processors);
        for (uint copy = 0; copy < processors; copy++)
        {
            foreach (uint weight in (uint[])[1, 10, 100, 1000])
                world.AddBusy(weight);
        }
        world.Run(3000 * Second / processors);
        ExpectShares(world, 0.01);
    }

    /// <summary>Numbers of virtual time go round; a clock near the end must not matter.</summary>
    [Fact]
    public void SharesHoldWhereTheNumbersGoRound()
    {
        var world = new SchedulingWorld(1);
        world.AddBusy(100);
        world.AddBusy(300);
        foreach (SimulatedGuest guest in world.Guests)
            guest.Vcpu.Turn.Key = guest.Vcpu.Turn.Time = guest.Domain.Share.Clock.Time = ulong.MaxValue - 5 * Second;
        ProcessorSchedule.All[0].VirtualTime = ulong.MaxValue - 5 * Second;
        world.Run(40 * Second);
        Assert.True(world.Guests[0].Vcpu.Turn.Time < long.MaxValue);
        ExpectShares(world, 0.01);
    }

    [Fact]
    public void OneThatDeservesMoreThanAProcessorHasOneAndTheOthersShareTheRest()
    {
        var world = new SchedulingWorld(2);
        SimulatedGuest heavy = world.AddBusy(60_000);
        for (int index = 0; index < 4; index++)
            world.AddBusy(256);
        world.Run(20 * Second);
        Assert.InRange(heavy.Ran, 19.7 * Second, 20.0 * Second);
        Assert.All(world.Guests.Skip(1), it => Assert.InRange(it.Ran, 4.95 * Second, 5.1 * Second));
    }

    [Fact]
    public void ADomainsWeightIsDividedAmongItsVirtualProcessors()
    {
        var world = new SchedulingWorld(2);
        world.AddBusy(256, vcpus: 4);
        world.AddBusy(256);
        world.AddBusy(256);
        world.Run(20 * Second);
        Assert.All(world.Guests.Take(4), it => Assert.InRange(it.Ran, 3.3 * Second, 3.4 * Second));
        Assert.All(world.Guests.Skip(4), it => Assert.InRange(it.Ran, 13.2 * Second, 13.5 * Second));
    }

    [Fact]
    public void PinnedOnesShareTheirProcessorAsTheWeightsSay()
    {
        var world = new SchedulingWorld(2);
        world.AddBusy(100, affinity: 1);
        world.AddBusy(300, affinity: 1);
        SimulatedGuest alone = world.AddBusy(1, affinity: 2);
        world.Run(40 * Second, world.CheckNobodyIsLost);
        Assert.InRange(world.Guests[0].Ran, 9.9 * Second, 10.1 * Second);
        Assert.InRange(world.Guests[1].Ran, 29.9 * Second, 30.1 * Second);
        Assert.Equal(40 * Second, alone.Ran);
        Assert.True(Scheduler.TrySetAffinity(ref alone.Vcpu, 3));
        SimulatedGuest free = world.AddBusy(256);
        world.Run(Second);
        Assert.InRange(free.Ran, 0.9 * Second, Second);
    }

    [Fact]
    public void AWeightCanBeChanged()
    {
        var world = new SchedulingWorld(1);
        SimulatedGuest one = world.AddBusy(256), other = world.AddBusy(256);
        world.Run(5 * Second + 123_456);
        (ulong first, ulong second) = (one.Ran, other.Ran);
        var share = new ShareParameters { Weight = 768 };
        Assert.Equal(Abi.Errno.None, ShareControl.Set(ref one.Domain, share));
        world.Run(40 * Second);
        Assert.InRange(one.Ran - first, 29.9 * Second, 30.1 * Second);
        Assert.InRange(other.Ran - second, 9.9 * Second, 10.1 * Second);
        share.Weight = 0;
        Assert.Equal(Abi.Errno.Inval, ShareControl.Set(ref one.Domain, share));
        Assert.Equal(768u, one.Domain.Share.Weight);
    }

    /// <summary>However many are busy, who is warped waits for the allowance at most, and costs nobody more than its weight.</summary>
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 50)]
    [InlineData(1, 3)]
    public void WhoIsWarpedIsWokenSoon(uint processors, int busy)
    {
        var world = new SchedulingWorld(processors);
        for (int index = 0; index < busy; index++)
            world.AddBusy(256);
        var share = new ShareParameters { Weight = 256, Warp = 50 * Millisecond };
        SimulatedGuest quick = world.Add(share, burst: 100 * Microsecond, sleep: 20 * Millisecond);
        world.Run(30 * Second);
        output.WriteLine($"longest wait {quick.LongestWait} ns, ran {quick.Ran}");
        Assert.InRange(quick.LongestWait, 0ul, Allowance);
        Assert.InRange(quick.Ran, Second / 10, Second);
    }

    /// <summary>One that is warped and never sleeps gets its share and not more; a limit shortens its one long run at the beginning.</summary>
    [Theory]
    [InlineData(0, 500)]
    [InlineData(5, 20)]
    public void AWarpDoesNotPayForOneThatNeverSleeps(int limit, int wait)
    {
        var world = new SchedulingWorld(1);
        for (int index = 0; index < 3; index++)
            world.AddBusy(256);
        var share = new ShareParameters
        {
            Weight = 256, Warp = 200 * Millisecond, WarpLimit = (ulong)limit * Millisecond, UnwarpTime = 100 * Millisecond,
        };
        world.Add(share);
        world.Run(200 * Second);
        ExpectShares(world, 0.01);
        Assert.InRange(world.Guests.Take(3).Max(it => it.LongestWait), 0ul, (ulong)wait * Millisecond);
    }

    /// <summary>Sleep saves nothing up: who comes back after an hour shares from then on.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void SleepSavesNothingUp(uint vcpus)
    {
        var world = new SchedulingWorld(1);
        SimulatedGuest busy = world.AddBusy(256), sleeper = world.AddBusy(256, vcpus: vcpus);
        SimulatedGuest[] sleepers = [.. world.Guests.Skip(1)];
        world.Run(Second);
        foreach (SimulatedGuest guest in sleepers)
            Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        world.Settle();
        world.Run(3600 * Second);
        Assert.InRange(busy.Ran, 3600 * Second, 3601 * Second);
        foreach (SimulatedGuest guest in sleepers)
            Scheduler.Unblock(ref guest.Vcpu);
        world.Settle();
        for (int turn = 0; turn < 20; turn++)
        {
            ulong before = busy.Ran, slept = (ulong)sleepers.Sum(it => (long)it.Ran);
            world.Run(Second);
            Assert.InRange(busy.Ran - before, (Second / 2) - (5 * Millisecond), (Second / 2) + (5 * Millisecond));
            Assert.InRange((ulong)sleepers.Sum(it => (long)it.Ran) - slept, (Second / 2) - (5 * Millisecond), (Second / 2) + (5 * Millisecond));
        }
    }

    /// <summary>Virtual CPUs that come and go beside one that is always busy take nothing from their domain either.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void WhoSleepsOftenCostsItsDomainNothing(uint sleepers)
    {
        var world = new SchedulingWorld(1);
        for (int index = 0; index < 7; index++)
            world.AddBusy(256);
        SimulatedGuest busy = world.AddBusy(256, vcpus: 1 + sleepers);
        SimulatedGuest[] domain = [.. world.Guests.Skip(7)];
        foreach (SimulatedGuest guest in domain.Skip(1))
            guest.Then = it =>
            {
                Scheduler.Pause(ref it.Vcpu, PauseReasons.Blocked);
                world.At(SchedulingWorld.Now + 5 * Millisecond, () => SchedulingWorld.Wake(it, 20 * Microsecond));
            };
        foreach (SimulatedGuest guest in domain.Skip(1))
            guest.Left = 20 * Microsecond;
        world.Run(10 * Second);
        Assert.InRange(domain.Sum(it => (double)it.Ran), 1.22 * Second, 1.28 * Second);
        Assert.InRange(busy.Ran, 0.9 * Second, 1.28 * Second);
    }
}
