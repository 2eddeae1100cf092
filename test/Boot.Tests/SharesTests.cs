using System;
using System.Globalization;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Shares of one processor as guests feel them, on a machine whose clock counts instructions, so that the host's own load does not count: eight that
/// compute without end and one that only wants to be woken in time.
/// </summary>
public sealed class SharesTests
{
    private const int From = 1500, To = 4500;

    private static string Busy(int number, int weight)
        => $"../guests.elf domain=busy{number} memory=4M weight={weight} -- guest=counted-work from={From} to={To}";

    private static string Punctual(string warp) => $"../guests.elf domain=punctual memory=4M {warp} -- guest=punctual from={From}";

    private static RunningMachine Boot(string name, string options, Func<int, int> weight, string warp) => new($"shares-{name}", new MachineSettings
    {
        Memory = "256M", CountsInstructions = true, Options = options,
        Modules = [.. Enumerable.Range(1, 8).Select(number => Busy(number, weight(number))), Punctual(warp)],
    }, Patience.Guests);

    private static long Number(RunningMachine machine, string domain, string words)
    {
        string start = $"({domain}) {words}: ";
        machine.Expect(start);
        string text = machine.Lines().First(it => it.Text.Contains(start, StringComparison.Ordinal)).Text;
        return long.Parse(text[(text.IndexOf(start, StringComparison.Ordinal) + start.Length)..].Split(' ')[0].Trim(), CultureInfo.InvariantCulture);
    }

    private static double[] SharesPerWeight(RunningMachine machine, Func<int, int> weight)
    {
        double[] done = [.. Enumerable.Range(1, 8).Select(number => (double)Number(machine, $"busy{number}", "work done"))];
        double weights = Enumerable.Range(1, 8).Sum(weight);
        return [.. Enumerable.Range(1, 8).Select(number => done[number - 1] / done.Sum() / (weight(number) / weights))];
    }

    [Fact]
    public void EightGuestsOfWeightsOneToEightGetTheirSharesWithinFourHundredths()
    {
        using RunningMachine machine = Boot("weights", "", number => 100 * number, "warp=20000 warpl=2000");
        Assert.All(SharesPerWeight(machine, number => 100 * number), share => Assert.InRange(share, 0.96, 1.04));
        Assert.InRange(Number(machine, "punctual", "late by at most"), 0, 1100);
    }

    [Fact]
    public void RoundRobinGivesAllTheSameWhateverTheirWeights()
    {
        using RunningMachine machine = Boot("round-robin", "sched=rr", number => 100 * number, "");
        Assert.All(SharesPerWeight(machine, _ => 100), share => Assert.InRange(share, 0.96, 1.04));
    }

    /// <summary>A domain's debts are the domain's: four of its virtual CPUs that run in turns have no more than one that runs all the time.</summary>
    [Theory]
    [InlineData(1900)]
    [InlineData(900)]
    public void ABatonThatVirtualProcessorsPassGainsNothing(int burst)
    {
        using var machine = new RunningMachine($"shares-baton-{burst}", new MachineSettings
        {
            Memory = "256M", CountsInstructions = true,
            Modules =
            [
                .. Enumerable.Range(1, 7).Select(number => Busy(number, 256)),
                $"../guests.elf domain=runners memory=4M vcpus=4 -- guest=baton burst={burst} from={From} to={To}",
            ],
        }, Patience.Guests);
        double[] others = [.. Enumerable.Range(1, 7).Select(number => (double)Number(machine, $"busy{number}", "work done"))];
        double runners = Number(machine, "runners", "work done");
        Assert.InRange(runners / (runners + others.Sum()) * 8, 0.9, 1.05);
    }

    private static long WorkBesideFlood(int flood)
    {
        using var machine = new RunningMachine($"shares-flood-{flood}", new MachineSettings
        {
            Memory = "256M", CountsInstructions = true,
            Modules =
            [
                "../guests.elf domain=busy1 memory=4M -- guest=counted-work from=1000 to=2000",
                $"../guests.elf domain=flood memory=4M -- guest=text-flood flood={flood} to=2000",
            ],
        }, Patience.Guests);
        return Number(machine, "busy1", "work done");
    }

    /// <summary>A ring that is always full is written from in others' time, and costs them no more than one that computes.</summary>
    [Fact]
    public void TextWithoutEndCostsANeighbourNoMoreThanItsShare()
        => Assert.InRange((double)WorkBesideFlood(flood: 1) / WorkBesideFlood(flood: 0), 0.98, 1.02);

    private static long WorkOfTwoBesideFlood(int processors, int flood)
    {
        using var machine = new RunningMachine($"shares-flood-{processors}-{flood}", new MachineSettings
        {
            Memory = "256M", CountsInstructions = true, Processors = processors,
            Modules =
            [
                Busy(1, 256), Busy(2, 256),
                .. Enumerable.Range(1, processors - 1).Select(number =>
                    $"../guests.elf domain=flood{number} memory=4M -- guest=text-flood flood={flood} to={To}"),
            ],
        }, Patience.Guests);
        return Number(machine, "busy1", "work done") + Number(machine, "busy2", "work done");
    }

    /// <summary>
    /// Nor on several processors, though who floods comes back to the lock as fast as it can: it gives way to who waits, and pays for the wait.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void TheLockIsNoWeapon(int processors)
        => Assert.True(WorkOfTwoBesideFlood(processors, flood: 1) > 0.95 * WorkOfTwoBesideFlood(processors, flood: 0));

    private static long WorkBesideStorms(int ears, int storm)
    {
        using var machine = new RunningMachine($"shares-storm-{ears}-{storm}", new MachineSettings
        {
            Memory = "256M", CountsInstructions = true,
            Modules =
            [
                Busy(1, 256),
                .. Enumerable.Range(1, 4).Select(number =>
                    $"../guests.elf domain=storm{number} memory=8M vcpus=32 -- guest=timer-storm ears={ears} storm={storm} from={From} to={To}"),
            ],
        }, Patience.Guests);
        for (int number = 1; number <= 4; number++)
            machine.Expect($"(storm{number}) PASS timer-storm");
        return Number(machine, "busy1", "work done");
    }

    /// <summary>Four domains that sleep take nothing from a fifth, whatever timers they have set; four that take each tick, their shares.</summary>
    [Theory]
    [InlineData(0, 0.97)]
    [InlineData(1, 0.97)]
    [InlineData(2, 0.19)]
    public void TimersOfOthersCostANeighbourNothing(int ears, double least)
        => Assert.InRange((double)WorkBesideStorms(ears, storm: 1) / WorkBesideStorms(ears, storm: 0), least, 1.01);
}
