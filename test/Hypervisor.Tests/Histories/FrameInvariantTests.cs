using System;
using System.Collections.Generic;
using System.Linq;

using FsCheck;
using FsCheck.Fluent;

using Xunit;
using Xunit.Abstractions;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>
/// The invariant of the frame table: whatever four domains ask for, no domain can write a table, descriptors, another's frame or the hypervisor's,
/// every count is what a walk finds, no remembered translation says otherwise, and when the domains have died every frame is free.
/// </summary>
public sealed class FrameInvariantTests(ITestOutputHelper output)
{
    [Fact]
    public void NothingIsWrongAtFirst() => Assert.Equal("", History.Run([], 1) ?? "");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void AnyHistoryKeepsTheInvariant(int seed) => History.Check(seed, length: 1500, deaths: false, interval: 1);

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    public void AnyHistoryWithDeathsKeepsTheInvariant(int seed) => History.Check(seed, length: 800, deaths: true, interval: 1);

    /// <summary>Many short ones: a guest that has done much has few pages left that it can write to.</summary>
    [Theory]
    [InlineData(201, false)]
    [InlineData(301, false)]
    [InlineData(401, true)]
    [InlineData(501, true)]
    public void AnyHistoryOfInterruptedCallsKeepsTheInvariant(int first, bool deaths)
    {
        for (int seed = first; seed < first + 25; seed++)
            History.Check(seed, length: 250, deaths, interval: 1, interrupts: true);
    }

    /// <summary>The histories would show nothing if all they ask for were refused, or if the domains were dead soon.</summary>
    [Fact]
    public void HistoriesReachWhatTheyShould()
    {
        var reached = new Dictionary<string, int>();
        for (int seed = 1; seed <= 46; seed++)
        {
            var world = new MemoryWorld(interrupts: seed > 6);
            foreach (MemoryStep step in History.Draw(seed, seed > 6 ? 250 : 1500, deaths: false))
                world.Do(step);
            Assert.Equal(4, world.Alive);
            foreach ((string what, int count) in world.Successes)
                reached[what] = reached.GetValueOrDefault(what) + count;
        }
        foreach ((string what, int count) in reached.OrderBy(it => it.Key))
            output.WriteLine($"{count,6} {what}");
        string[] musts =
        [
            "update of L1", "update of L2", "update of L3", "update of L4", "update of nothing", "mapping", "foreign mapping", "PinL1Table",
            "PinL2Table", "PinL3Table", "PinL4Table", "UnpinTable", "NewBasePointer", "NewUserBasePointer", "ClearPage", "CopyPage",
            "SetLdt", "gdt", "descriptor", "DecreaseReservation", "IncreaseReservation", "PopulatePhysmap", "exchange", "emulated write",
            "info", "initialise", "local", "port", "grants", "multicall", "let go", "interrupted", "resumed", "tree", "partly", "scrub",
        ];
        Assert.Equal([], musts.Where(what => !reached.ContainsKey(what)));
    }

    [Fact]
    public void AnyShortHistoryKeepsTheInvariant()
    {
        Gen<MemoryStep> step = Gen.Choose(0, int.MaxValue - 1).Select(seed => MemoryStep.Draw(new Random(seed), deaths: true));
        Arbitrary<MemoryStep[]> histories = Arb.From(Gen.ArrayOf(step), Shorter);
        Prop.ForAll(histories, steps => History.Run(steps, 4) is not { } wrong ? true.Label("") : false.Label(wrong))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(120));
    }

    private static IEnumerable<MemoryStep[]> Shorter(MemoryStep[] steps)
        => Enumerable.Range(0, steps.Length).Select(left => steps.Where((_, index) => index != left).ToArray());

    /// <summary>One of each kind, looked at after every step; SERAI_SEEDS=from-to runs many, for an evening.</summary>
    [Fact]
    public void MoreOnDemand()
    {
        string[] range = (Environment.GetEnvironmentVariable("SERAI_SEEDS") ?? "1000-1004").Split('-');
        for (int seed = int.Parse(range[0]); seed < int.Parse(range[1]); seed++)
            History.Check(seed, length: seed % 4 > 1 ? 300 : 1500, deaths: seed % 2 == 1, interval: 1, interrupts: seed % 4 > 1);
    }
}
