using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;

using Xunit;
using Xunit.Abstractions;

namespace Serai.Hypervisor.Tests.Histories;

/// <summary>
/// The invariants of frames and events on several processors: whatever the virtual CPUs of four domains ask for, however their calls interleave,
/// and whatever their processors still remember, no guest writes a table or another's frame, no count is lost, nobody sleeps through an event, and
/// when the domains have died every frame is free. SERAI_PROCESSOR_SEEDS=from-to runs many more seeds (or one: from-from+1), SERAI_PROCESSOR_STEPS
/// makes them longer.
/// </summary>
public sealed class ProcessorHistoryTests(ITestOutputHelper output)
{
    // Guests that act by chance wreck their own address spaces in time: many short histories reach more than a few long ones.
    private const int UsualLength = 250, UsualSeeds = 7;

    /// <summary>The parts of VCPUOP_initialise, XENMEM_exchange and what gives and takes large extents, in which others come in between.</summary>
    private static readonly string[] parts =
    [
        "first tree", "second tree", "descriptors", "more descriptors", "refusal", "exchange", "exchange, half", "extent", "decrease",
    ];

    private static int Length
        => int.Parse(Environment.GetEnvironmentVariable("SERAI_PROCESSOR_STEPS") ?? $"{UsualLength}", CultureInfo.InvariantCulture);

    private static void CheckSeeds(int first, bool deaths, int processors)
    {
        for (int seed = first; seed < first + UsualSeeds; seed++)
            History.Check(seed, Length, deaths, interval: 2, interrupts: true, processors);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(101, 3)]
    [InlineData(201, 4)]
    public void AnyInterleavingKeepsTheInvariants(int seed, int processors) => CheckSeeds(seed, deaths: false, processors);

    [Theory]
    [InlineData(301, 2)]
    [InlineData(401, 3)]
    [InlineData(501, 5)]
    public void AnyInterleavingWithDeathsKeepsTheInvariants(int seed, int processors) => CheckSeeds(seed, deaths: true, processors);

    /// <summary>The histories would show nothing if all they ask for were refused, or if nothing interleaved.</summary>
    [Fact]
    public void InterleavingsReachWhatTheyShould()
    {
        var reached = new Dictionary<string, int>();
        for (int seed = 1; seed <= 30; seed++)
        {
            var world = new MemoryWorld(interrupts: true, processors: 3, vcpus: 3);
            foreach (MemoryStep step in History.Draw(seed, UsualLength, deaths: false, processors: 3))
                world.Do(step);
            foreach ((string what, int count) in world.Successes)
                reached[what] = reached.GetValueOrDefault(what) + count;
            world.EndAll();
        }

        foreach ((string what, int count) in reached.OrderBy(it => it.Key))
            output.WriteLine($"{count,6} {what}");
        string[] musts =
        [
            "update of L1", "update of L2", "update of L3", "mapping", "PinL1Table", "PinL2Table", "UnpinTable", "gdt",
            "DecreaseReservation", "exchange", "emulated write", "moment", "applications", "block", "poll", "Down", "Up", "Send", "ran on", "batch",
            "interrupted", "grant mapped", "grant unmapped", "grant copied", "context", "up with a context", "meddling",
            .. parts.Select(part => $"part: {part}"),
        ];
        Assert.Equal([], musts.Where(what => !reached.ContainsKey(what)));
    }

    /// <summary>
    /// Domains that die often, and whose other virtual CPUs are then still on their way in with a call, in whichever phase the teardown is: each
    /// call is one that waited for the lock. With SERAI_HOURS=1 that goes on for an hour, with other seeds, and tells how many they were; with
    /// SERAI_SEED it begins with another than the usual.
    /// </summary>
    [Fact]
    public void DyingCallersLeaveNothingBehind()
    {
        const int usualSeeds = 24, life = 50;
        double hours = double.Parse(Environment.GetEnvironmentVariable("SERAI_HOURS") ?? "0", CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        int first = int.Parse(Environment.GetEnvironmentVariable("SERAI_SEED") ?? "601", CultureInfo.InvariantCulture), seed = first;
        for (; seed < first + usualSeeds || clock.Elapsed.TotalHours < hours; seed++)
            History.Check(seed, Length, deaths: true, interval: 2, interrupts: true, processors: 2 + seed % 4, life);
        output.WriteLine($"{seed - first} histories in {clock.Elapsed}, the last of seed {seed - 1}");
    }

    /// <summary>
    /// They would show nothing if no late call came when the teardown has begun, or if nobody died between the parts of what is done in parts.
    /// </summary>
    [Fact]
    public void LateCallsComeBetweenTheSlicesOfATeardown()
    {
        const int most = 2000;
        string[] musts = ["late call after a slice", "late part", .. parts.Select(part => $"death at part: {part}")];
        var reached = new HashSet<string>();
        for (int seed = 601; seed < 601 + most && !musts.All(reached.Contains); seed++)
        {
            var world = new MemoryWorld(interrupts: true, processors: 3, vcpus: 3, deaths: true);
            foreach (MemoryStep step in History.Draw(seed, UsualLength, deaths: true, processors: 3, life: 50))
                world.Do(step);
            reached.UnionWith(world.Successes.Keys);
        }

        Assert.Equal([], musts.Where(what => !reached.Contains(what)));
    }

    [Fact]
    public void MoreOnDemand()
    {
        string[] range = (Environment.GetEnvironmentVariable("SERAI_PROCESSOR_SEEDS") ?? "1000-1004").Split('-');
        var clock = Stopwatch.StartNew();
        for (int seed = int.Parse(range[0], CultureInfo.InvariantCulture); seed < int.Parse(range[1], CultureInfo.InvariantCulture); seed++)
            History.Check(seed, Length, deaths: seed % 2 == 1, interval: 1, interrupts: true, processors: 2 + seed % 4);
        output.WriteLine($"{clock.Elapsed}");
    }
}
