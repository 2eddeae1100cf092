using System;
using System.Collections.Generic;
using System.Linq;

using FsCheck;
using FsCheck.Fluent;

using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Simulation;

using Xunit;
using Xunit.Abstractions;

namespace Serai.Hypervisor.Tests.Scheduling;

/// <summary>
/// A domain's share is the domain's: whatever its virtual CPUs do with each other, in no second does it get more than it is entitled to.
/// </summary>
public sealed class EntitlementTests(ITestOutputHelper output)
{
    private const ulong Millisecond = 1_000_000, Second = 1_000_000_000, Step = 25 * Millisecond;

    /// <summary>An adversary as the generator makes it.</summary>
    public sealed record Wish(uint Weight, uint Vcpus, bool Warped, IReadOnlyList<Stratagem> Plan);

    private static Gen<Stratagem> Stratagems =>
        from trick in Gen.Frequency((4, Gen.Constant(Trick.Pass)), (4, Gen.Choose(0, (int)Trick.Pin).Select(it => (Trick)it)),
            (1, Gen.Constant(Trick.Reboot)))
        from burst in Gen.Frequency((3, Gen.Choose(20, 1000)), (3, Gen.Choose(1000, 3000)), (1, Gen.Choose(3000, 30_000)))
        from pause in Gen.Frequency((3, Gen.Choose(1, 500)), (2, Gen.Choose(500, 20_000)))
        from whom in Gen.Choose(0, 31)
        select new Stratagem(trick, (uint)burst, (uint)pause, (uint)whom);

    private static Gen<Wish> Wishes =>
        from weight in Gen.Elements(128u, 256u, 512u)
        from vcpus in Gen.Choose(1, 8)
        from warped in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from plan in Stratagems.NonEmptyListOf()
        select new Wish(weight, (uint)vcpus, warped, [.. plan.Take(12)]);

    /// <summary>Seven busy neighbours a processor, and one who means to get more: what it got in its best second, over its entitlement.</summary>
    private double Best(Wish wish, uint processors, out double allowed)
    {
        var world = new SchedulingWorld(processors, mebibytes: 64);
        for (uint number = 0; number < 7 * processors; number++)
            world.AddBusy(256);
        ulong warp = wish.Warped ? 5 * Millisecond : 0;
        ulong limit = wish.Warped ? 2 * Millisecond : 0;
        var share = new ShareParameters { Weight = wish.Weight, Warp = warp, WarpLimit = limit, UnwarpTime = Millisecond };
        var adversary = new Adversary(world, share, wish.Vcpus, wish.Plan);
        double entitled = (double)processors * Second * wish.Weight / (7.0 * 256 * processors + wish.Weight);
        var sums = new List<ulong> { 0 };
        for (ulong time = 0; time < 3 * Second; time += Step)
        {
            world.Run(Step);
            sums.Add(adversary.Ran);
        }
        int window = (int)(Second / Step);
        // What it borrows by its warp; and on each further processor where others of its virtual CPUs run meanwhile, as much as on the first.
        ulong beside = (processors - 1) * BorrowedVirtualTime.UsualSwitchAllowance;
        allowed = 1.05 + (warp * wish.Weight / 256.0 + beside) / entitled;
        return Enumerable.Range(0, sums.Count - window).Max(it => sums[it + window] - sums[it]) / entitled;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void NoMixOfStratagemsGainsADomainMoreThanATwentiethInAnySecond(uint processors) =>
        Prop.ForAll(Wishes.ToArbitrary(), wish =>
        {
            double best = Best(wish, processors, out double allowed);
            output.WriteLine($"{best:P1} of what it is entitled to");
            Assert.True(best <= allowed, $"{best:P1} of what it is entitled to, {allowed:P1} allowed: {string.Join(", ", wish.Plan)}");
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    /// <summary>
    /// Short bursts keep one of a domain's virtual CPUs the first of its queue, far behind by what it has run itself: the processors come together
    /// all the same.
    /// </summary>
    [Fact]
    public void ShortBurstsDoNotKeepTheProcessorsApart()
    {
        Stratagem[] plan = [new(Trick.Pass, 107, 147, 7), new(Trick.Pass, 219, 120, 8)];
        double best = Best(new Wish(512, 5, false, plan), 2, out double allowed);
        output.WriteLine($"{best:P1}");
        Assert.InRange(best, 0.9, allowed);
    }

    /// <summary>
    /// One that is warped, or has slept long, is the first of its queue by what it has run itself; by it nobody is judged to be owed less.
    /// </summary>
    [Fact]
    public void OneThatIsFarBehindDoesNotKeepOthersFromWhatTheyAreOwed()
    {
        Stratagem[] plan =
        [
            new(Trick.Down, 6035, 156, 19), new(Trick.Pass, 893, 13387, 24), new(Trick.WakeAll, 1829, 165, 7), new(Trick.Pass, 1515, 301, 24),
            new(Trick.Pass, 392, 19684, 24), new(Trick.Yield, 1313, 13915, 9), new(Trick.Sleep, 2755, 306, 8), new(Trick.Pass, 2614, 214, 27),
            new(Trick.Pass, 1965, 10307, 28), new(Trick.Down, 1215, 216, 5), new(Trick.Pass, 8221, 6775, 11), new(Trick.Pass, 20908, 2157, 4),
        ];
        double best = Best(new Wish(128, 7, true, plan), 4, out double allowed);
        output.WriteLine($"{best:P1}");
        Assert.InRange(best, 0.0, allowed);
    }

    [Theory]
    [InlineData(1, 1900)]
    [InlineData(1, 900)]
    [InlineData(1, 100)]
    [InlineData(2, 1900)]
    public void ABatonThatFourVirtualProcessorsPassGainsNothing(uint processors, uint burst)
    {
        Stratagem[] plan = [.. Enumerable.Range(1, 4).Select(it => new Stratagem(Trick.Pass, burst, 1, (uint)it % 4))];
        double best = Best(new Wish(256, 4, false, plan), processors, out double allowed);
        output.WriteLine($"{best:P1}");
        Assert.InRange(best, 0.9, allowed);
    }

    /// <summary>Each has run less than its domain has. It is the domain's time that counts, or all of them come before others.</summary>
    [Theory]
    [InlineData(1, 5000)]
    [InlineData(1, 900)]
    [InlineData(2, 1900)]
    public void EightVirtualProcessorsThatAreWokenTogetherGainNothing(uint processors, uint burst)
    {
        Stratagem[] plan = [new(Trick.WakeAll, burst, 300, 0), new(Trick.Pass, burst, 300, 1)];
        double best = Best(new Wish(128, 8, false, plan), processors, out double allowed);
        output.WriteLine($"{best:P1}");
        Assert.InRange(best, 0.9, allowed);
    }

    /// <summary>
    /// What was done for a domain while it slept, such as its building anew, it pays for before it has its share again, however many of its virtual
    /// CPUs then want to run, and in whatever order they begin.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 0, false)]
    [InlineData(1, 2, 0, false)]
    [InlineData(1, 2, 100, false)]
    [InlineData(1, 8, 0, false)]
    [InlineData(1, 8, 100, false)]
    [InlineData(2, 2, 0, false)]
    [InlineData(2, 2, 100, false)]
    [InlineData(2, 8, 0, false)]
    [InlineData(1, 2, 0, true)]
    [InlineData(1, 8, 100, true)]
    public void ADebtIsPaidHoweverManyVirtualProcessorsThereAre(uint processors, uint vcpus, uint between, bool isReborn)
    {
        const ulong debt = 500 * Millisecond, window = 2 * Second;
        var world = new SchedulingWorld(processors, mebibytes: 64);
        for (uint number = 0; number < 3 * processors; number++)
            world.AddBusy(256);
        int before = world.Guests.Count;
        world.AddBusy(256, vcpus: vcpus);
        SimulatedGuest[] debtor = [.. world.Guests.Skip(before)];
        foreach (SimulatedGuest guest in debtor)
            Scheduler.Pause(ref guest.Vcpu, PauseReasons.Blocked);
        world.Run(300 * Millisecond);
        ulong ran = (ulong)debtor.Sum(it => (long)it.Ran);
        SimulatedProcessor.Number = 0;
        if (isReborn)
            Account.Inherit(ref debtor[0].Domain, ProcessorSchedule.All[0].VirtualTime + debt - Millisecond, Millisecond);
        else
            Policy.ChargeAside(ref ProcessorSchedule.All[0], ref debtor[0].Domain.Share, debt);
        ulong delay = 0;
        foreach (SimulatedGuest guest in debtor)
            world.At(SchedulingWorld.Now + delay++ * between * Millisecond, () => SchedulingWorld.Wake(guest, ulong.MaxValue));
        world.Run(window);
        // The others, three a processor, catch up with it in three times the debt; then all share again.
        double had = (ulong)debtor.Sum(it => (long)it.Ran) - ran, due = (double)processors * (window - 3 * debt) / (3 * processors + 1);
        output.WriteLine($"{had / 1e6} ms had, {due / 1e6} ms are its due");
        Assert.InRange(had, 0.7 * due, 1.3 * due);
    }
}
