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
    public void Eight_guests_of_weights_one_to_eight_get_their_shares_within_four_hundredths()
    {
        using RunningMachine machine = Boot("weights", "", number => 100 * number, "warp=20000 warpl=2000");
        Assert.All(SharesPerWeight(machine, number => 100 * number), share => Assert.InRange(share, 0.96, 1.04));
        Assert.InRange(Number(machine, "punctual", "late by at most"), 0, 1100);
    }

    [Fact]
    public void Round_robin_gives_all_the_same_whatever_their_weights()
    {
        using RunningMachine machine = Boot("round-robin", "sched=rr", number => 100 * number, "");
        Assert.All(SharesPerWeight(machine, _ => 100), share => Assert.InRange(share, 0.96, 1.04));
    }
}
