using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>The guest of test/Calls as the initial domain of Serai and of Debian's Xen, each booted once.</summary>
public sealed class CallReports
{
    /// <summary>What it said on Serai.</summary>
    public CallReport Serai { get; } = Boot("calls-serai", Workspace.Image, "");

    /// <summary>What it said on Xen, which must not leave out what its line has no room for.</summary>
    public CallReport Xen { get; } = Boot("calls-xen", Path.Combine(Workspace.Guests, "xen"), "sync_console");

    private static CallReport Boot(string name, string image, string options)
    {
        using var machine = new RunningMachine(name, new MachineSettings
        {
            Image = image,
            Options = $"dom0_mem=256M,max:256M dom0_max_vcpus=2 {options}".TrimEnd(),
            Modules = ["../calls.elf"],
        }, Patience.Guest);
        machine.Expect("END of the calls");
        return new CallReport(machine.Lines().Select(line => line.Text));
    }
}

/// <summary>Every call with arguments at the edges is answered as Xen answers it, or the difference is meant and listed with its reason.</summary>
public sealed class CallComparisonTests(CallReports reports) : IClassFixture<CallReports>
{
    private static readonly IReadOnlyList<MeantDifference> _meant
        = MeantDifference.ReadAll(File.ReadLines(Path.Combine(Workspace.Root, "test", "Calls", "meant")));

    [Fact]
    public void NoAnswerDiffersFromXensUnlessThatIsMeant()
    {
        string[] unlisted = [.. reports.Serai.DifferencesFrom(reports.Xen)
            .Where(it => About(it.Call)?.Allows(it.Answer, it.Other) != true)
            .Select(it => $"{it.Call}: {it.Answer}, but Xen {it.Other}")];
        Assert.True(unlisted.Length == 0, $"{unlisted.Length} unlisted differences:\n{string.Join('\n', unlisted.Take(100))}");
    }

    [Fact]
    public void EveryMeantDifferenceIsStillThere()
    {
        string[] calls = [.. reports.Serai.Calls.Union(reports.Xen.Calls)];
        string[] gone = [.. calls.Where(call => About(call) is not null && reports.Serai.AnswerTo(call) == reports.Xen.AnswerTo(call))];
        Assert.True(gone.Length == 0, $"listed as different, but the same on both:\n{string.Join('\n', gone.Take(100))}");
        string[] idle = [.. _meant.Where(meant => !calls.Any(call => About(call) == meant)).Select(meant => meant.Call)];
        Assert.True(idle.Length == 0, $"listed, but no such call is made:\n{string.Join('\n', idle)}");
    }

    private static MeantDifference? About(string call) => _meant.FirstOrDefault(meant => meant.IsAbout(call));
}
