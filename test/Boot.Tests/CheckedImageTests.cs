using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// The image that holds its lock to the rules (`./run build --checked`): a broken rule is a panic. Where the machine's clock counts instructions, one
/// a nanosecond, it tells how many the lock was held for, and that is the same on every host.
/// </summary>
public sealed partial class CheckedImageTests
{
    private const long Millisecond = 1_000_000;

    [GeneratedRegex(@"the lock was held at most (\d+) ns for (.*)$")]
    private static partial Regex Held();

    [GeneratedRegex(@"the lock was held [1-9]\d* times, [1-9]\d* ns in all after \d+ ns of waiting, for hypercall \d+$")]
    private static partial Regex Sum();

    /// <summary>
    /// The rules hold on two processors while a guest of four virtual CPUs starts, ends and starts again beside three others, by the ways in and out
    /// of one table as by those of split ones.
    /// </summary>
    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public void TheLockKeepsItsRulesOnTwoProcessors(string split)
    {
        using var machine = new RunningMachine($"checked-processors-{split}", new MachineSettings
        {
            Image = Workspace.CheckedImage,
            Options = $"xpti={split}",
            Processors = 2,
            Modules =
            [
                .. Module.Guest("alpha", Module.CloudKernel, "192M vcpus=4", "serai.test=threads serai.end=reboot"),
                MicroGuests.Domain("channels", "all-channels"),
                MicroGuests.Domain("memory", "all-memory"),
                MicroGuests.Domain("time", "all-time"),
            ],
        }, Patience.Guest);
        machine.Expect(Expected.Died("channels", "has powered off"));
        machine.Expect(Expected.Died("memory", "has powered off"));
        Line end = machine.Expect(Expected.Died("alpha", "reboots"));
        machine.Expect(Expected.Started("alpha"), end.Index);
    }

    /// <summary>The longest calls there are, by the initial domain: 2048 tables exchanged, a block of 1 GiB, every port queued.</summary>
    [Fact]
    public void NoCallTakesMoreThanAMillisecondOfWork()
    {
        using var machine = new RunningMachine("checked-calls", new MachineSettings
        {
            Image = Workspace.CheckedImage,
            CountsInstructions = true,
            Memory = "3G",
            Options = "dom0_mem=64M,max:1200M",
            Modules = ["../guests.elf guest=longest-calls"],
        }, Patience.Guest);
        machine.Expect(Expected.Pass("longest-calls"));
        ExpectShort(machine);
    }

    /// <summary>A Debian guest of 1 GiB starts and dies, beside one that lives: nothing of that is done in one piece.</summary>
    [Fact]
    public void TheDeathOfALargeDomainTakesNoMoreThanAMillisecondAtATime()
    {
        using var machine = new RunningMachine("checked-death", new MachineSettings
        {
            Image = Workspace.CheckedImage,
            CountsInstructions = true,
            Memory = "2G",
            Modules = [.. Module.Guest("large", Module.CloudKernel, "1G", "serai.test=uname serai.end=crash")],
        }, Patience.Guest);
        machine.Expect(Expected.FramesBack("large"));
        machine.Type(Expected.StraightChord + "l");
        ExpectShort(machine);
    }

    /// <summary>The seeds to search with: SERAI_HOLD_SEEDS=from-to, where a search of every day is not enough; else the one.</summary>
    public static TheoryData<bool, int> Searches()
    {
        string[] range = (Environment.GetEnvironmentVariable("SERAI_HOLD_SEEDS") ?? "1-1").Split('-');
        int first = int.Parse(range[0], CultureInfo.InvariantCulture), last = int.Parse(range[^1], CultureInfo.InvariantCulture);
        var searches = new TheoryData<bool, int>();
        foreach (int seed in Enumerable.Range(first, last - first + 1))
        {
            searches.Add(true, seed);
            searches.Add(false, seed);
        }
        return searches;
    }

    /// <summary>
    /// The worst of each call, looked for: batches of every call and command with what is longest in it, by chance, by the initial domain and by one
    /// without privilege, whose console is a ring. What is too long is named, with its command.
    /// </summary>
    [Theory]
    [MemberData(nameof(Searches))]
    public void NothingThatIsAskedForTakesMoreThanAMillisecondOfWork(bool initial, int seed)
    {
        using var machine = new RunningMachine($"checked-holds-{(initial ? "initial" : "other")}-{seed}", new MachineSettings
        {
            Image = Workspace.CheckedImage,
            CountsInstructions = true,
            Options = "dom0_mem=64M,max:200M dom0_max_vcpus=2",
            Modules = [$"../guests.elf {(initial ? "" : "domain=holds memory=24M maxmem=64M vcpus=2 -- ")}guest=all-holds seed={seed}"],
        }, Patience.Guest);
        machine.Expect(Expected.EndOfStories);
        if (!initial)
        {
            machine.Expect(Expected.FramesBack("holds"));
            machine.Type(Expected.StraightChord + KeyLock);
        }
        Assert.DoesNotContain(machine.Lines(), line => line.Text.Contains(Expected.Fail, StringComparison.Ordinal));
        ExpectShort(machine);
    }

    /// <summary>What takes a look at all of another domain's grants, where those are as many as there can be.</summary>
    [Fact]
    public void ALookAtAllOfAnothersGrantsTakesNoMoreThanAMillisecondOfWork()
    {
        using var machine = new RunningMachine("checked-flushes", new MachineSettings
        {
            Image = Workspace.CheckedImage,
            CountsInstructions = true,
            Modules = [MicroGuests.Domain("granter", "largest-granter peer=2"), MicroGuests.Domain("flusher", "flushes-over-others peer=1")],
        }, Patience.Guest);
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("flusher"), "flushes-over-others");
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("granter"), "largest-granter");
        machine.Expect(Expected.FramesBack("flusher"));
        machine.Expect(Expected.FramesBack("granter"));
        machine.Type(Expected.StraightChord + KeyLock);
        ExpectShort(machine);
    }

    /// <summary>The same for what moves and erases on the machine's own screen, by who has the keyboard.</summary>
    [Fact]
    public void LinesAndErasuresOnTheScreenTakeNoMoreThanAMillisecondOfWork()
    {
        using var machine = new RunningMachine("checked-screen", new MachineSettings
        {
            Image = Workspace.CheckedImage,
            CountsInstructions = true,
            Memory = "256M",
            Options = "console=com1,vga",
            Devices = ["-vga", "std"],
            Modules = [MicroGuests.Domain("writer", "newline-flood")],
        }, Patience.Guest);
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("writer"), "newline-flood");
        machine.Expect(Expected.FramesBack("writer"));
        machine.Type(Expected.StraightChord + KeyLock);
        ExpectShort(machine);
    }

    private const char KeyLock = 'l';

    /// <summary>What is told as the machine ends, or at a key.</summary>
    private static void ExpectShort(RunningMachine machine)
    {
        Line end = machine.Expect("the lock is measured afresh");
        IEnumerable<Match> lines = machine.Lines().Take(end.Index).Select(line => Held().Match(line.Text)).Where(match => match.Success);
        Dictionary<string, long> held = lines.ToDictionary(
            it => it.Groups[2].Value, it => long.Parse(it.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.True(held.Count > 3, "little was measured");
        Assert.Contains(machine.Lines().Take(end.Index), line => Sum().IsMatch(line.Text));
        string[] tooLong =
        [
            .. held.Where(it => it.Value > Millisecond).Select(it => $"{it.Value} instructions for {it.Key}"),
        ];
        Assert.True(tooLong.Length == 0, $"the lock was held too long: {string.Join(", ", tooLong)}");
    }
}
