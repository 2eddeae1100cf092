using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>Machines full of domains: a small C# guest that ticks (examples/Ticker) in very many copies.</summary>
public sealed partial class CrowdTests
{
    /// <summary>120 C# guests of 2 MiB and 8 Debian ones of 128 MiB, on one processor and 4 GiB.</summary>
    [Fact]
    public void AHundredAndTwentyEightDomainsLiveAndTick()
    {
        using var machine = new RunningMachine("crowd-128", new MachineSettings
        {
            Memory = "4G",
            CountsInstructions = true,
            Modules =
            [
                "../example-ticker.elf domain=small memory=2M copies=120 -- every=1000 ticks=3",
                $"{Module.CloudKernel} domain=debian memory=128M copies=8 ramdisk -- console=hvc0 serai.test=uname serai.end=shell",
                Module.Initramfs,
            ],
        }, Patience.Crowd);
        for (int copy = 1; copy <= 8; copy++)
            new Guest(machine, $"debian{copy}").ExpectCheck("uname");
        ExpectTicks(machine, "small", 120);
        ExpectAlive(machine, 128);
        Assert.Equal("still here: 42", new Guest(machine, "debian8").Ask("echo still here: $((6 * 7))", "still here: 42"));
    }

    /// <summary>
    /// 1,000 C# guests on one processor and 8 GiB: all live, and each costs from the beginning of its building to its first instruction what the
    /// first one did, to one part in fifty.
    /// </summary>
    [Fact]
    public void AThousandDomainsLiveAndEachCostsWhatTheFirstDid()
    {
        const int count = 1000;
        using var machine = new RunningMachine("crowd-1000", new MachineSettings
        {
            Memory = "8G",
            CountsInstructions = true,
            Options = "loglvl=info",
            Modules = [$"../example-ticker.elf domain=small memory=2M copies={count} -- every=1000 ticks=3"],
        }, Patience.Crowd);
        ExpectTicks(machine, "small", count);
        ExpectAlive(machine, count);
        Dictionary<int, long> costs = InstructionsToFirst(machine);
        Assert.Equal(count, costs.Count);
        Assert.InRange(costs.Values.Max(), 1, costs[1] * 51 / 50);
    }

    /// <summary>256 C# guests that leave: the last one's end costs what the first one's did, and all memory is free again. 1 GiB.</summary>
    [Fact]
    public void TwoHundredAndFiftySixDomainsLeaveAndEachEndCostsWhatTheFirstDid()
    {
        const int count = 256;
        using var machine = new RunningMachine("crowd-leaves", new MachineSettings
        {
            Memory = "1G",
            CountsInstructions = true,
            Options = "loglvl=info",
            Modules = [$"../example-ticker.elf domain=small memory=2M copies={count} -- every=1000 ticks=2 ends=1"],
        }, Patience.Crowd);
        for (int copy = 1; copy <= count; copy++)
            machine.Expect(Expected.FramesBack($"small{copy}"));
        machine.Expect($"domain small{count}: tearing it down took ");
        long[] costs = [.. Ends().Matches(Text(machine)).Select(found => Number(found, 1))];
        Assert.Equal(count, costs.Length);
        Assert.InRange(costs.Max(), 1, costs[0] * 21 / 20);
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    /// <summary>
    /// Beside 1,000 sleeping domains a request to the store and its answer, a change of domain, an event there and back, a timer set and fired, a
    /// sleep that a timer ends, and a page of another domain's mapped and unmapped cost what they cost beside one, to one part in fifty. 4 GiB.
    /// </summary>
    [Fact]
    public void OperationsCostTheSameAmongAThousand()
    {
        Dictionary<string, long> beside = Costs("crowd-one", 1), among = Costs("crowd-operations", 1000);
        Assert.Equal(["event", "grant", "poll", "store", "switch", "timer-fire", "timer-wake"], beside.Keys.Order());
        Assert.All(beside, cost => Assert.InRange(among[cost.Key], 1, cost.Value * 51 / 50));
    }

    private static Dictionary<string, long> Costs(string test, int others)
    {
        using var machine = new RunningMachine(test, new MachineSettings
        {
            Memory = "4G",
            CountsInstructions = true,
            Modules =
            [
                "../example-store.elf domain=client memory=2M -- role=client peer=2 after=5000",
                "../example-store.elf domain=server memory=2M -- role=server peer=1",
                "../bench-pair.elf domain=first memory=2M -- role=first peer=4 after=20000 timers=1",
                "../bench-pair.elf domain=second memory=2M -- role=second peer=3",
                $"../example-ticker.elf domain=small memory=2M copies={others} -- every=10000000",
            ],
        }, Patience.Crowd);
        machine.Expect("(client) PASS store");
        machine.Expect("(first) PASS bench");
        Dictionary<string, long> costs = Ticks().Matches(Text(machine)).GroupBy(found => found.Groups[1].Value)
            .ToDictionary(samples => samples.Key, samples => Number(samples.Last(), 2));
        costs["store"] = Number(RoundTrips().Match(Text(machine)), 1);
        return costs;
    }

    private static string Text(RunningMachine machine) => string.Join('\n', machine.Lines().Select(line => line.Text));

    private static void ExpectTicks(RunningMachine machine, string name, int count)
    {
        int from = 0;
        var waiting = Enumerable.Range(1, count).Select(copy => Expected.PrefixOf($"{name}{copy}") + "has ticked").ToHashSet();
        while (waiting.Count > 0)
        {
            Line line = machine.Expect($"the ticks of {waiting.Count} domains", line => waiting.Contains(Beginning(line.Text)), from);
            waiting.Remove(Beginning(line.Text));
            from = line.Index + 1;
        }
    }

    private static string Beginning(string line)
    {
        const string said = "has ticked";
        int at = line.IndexOf(said, StringComparison.Ordinal);
        return at < 0 ? line : line[..(at + said.Length)];
    }

    /// <summary>
    /// The hypervisor's console answers, all live, all have run a moment ago, and none costs the hypervisor 20 KiB. An idle Linux sleeps for seconds,
    /// so the question is asked again until the machine has used up its patience.
    /// </summary>
    private static void ExpectAlive(RunningMachine machine, int count)
    {
        string wanted = $"{count} domains, {count} alive, {count} have run in the last ";
        Line answer = Keyboard.Command(machine, Expected.KeyCounts, " have run in the last ");
        while (!answer.Text.Contains(wanted, StringComparison.Ordinal))
        {
            Thread.Sleep(1000);
            answer = Keyboard.Command(machine, Expected.KeyCounts, " have run in the last ");
        }
        Match sizes = StateSizes().Match(machine.Expect("own memory for a domain", answer.Index).Text);
        Assert.True(sizes.Success);
        Assert.InRange(Number(sizes, 1), 1, 19);
    }

    private static Dictionary<int, long> InstructionsToFirst(RunningMachine machine)
    {
        string text = Text(machine);
        Dictionary<long, long> begun = Buildings().Matches(text).ToDictionary(found => Number(found, 1), found => Number(found, 2));
        return FirstInstructions().Matches(text).ToDictionary(found => (int)Number(found, 1), found => Number(found, 2) - begun[Number(found, 1)]);
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"memory for a domain: (\d+) to")]
    private static partial Regex StateSizes();

    [GeneratedRegex(@"tearing it down took (\d+) ns")]
    private static partial Regex Ends();

    [GeneratedRegex(@"batch 1: (\d+) ticks")]
    private static partial Regex RoundTrips();

    [GeneratedRegex(@"\(first\) ticks ([a-z-]+) (\d+)")]
    private static partial Regex Ticks();

    [GeneratedRegex(@"domain small(\d+): its building began at (\d+) ns")]
    private static partial Regex Buildings();

    [GeneratedRegex(@"\(small(\d+)\) hello: first instruction at (\d+) ns")]
    private static partial Regex FirstInstructions();
}
