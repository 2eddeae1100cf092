using System;
using System.IO;
using System.Linq;
using System.Threading;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// The micro-guests of test/Guests, each started as the initial domain on one processor and 256 MiB. All are in out/guests.elf; the
/// word guest=NAME picks one. Each prints a verdict.
/// </summary>
public sealed class MicroGuestTests
{
    /// <summary>The names in out/guests.list, which the build writes; without it there are no tests, which xunit reports as a failure.</summary>
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        if (!File.Exists(Workspace.MicroGuestList))
            return names;
        foreach (string line in File.ReadLines(Workspace.MicroGuestList))
        {
            if (line.Trim() is { Length: > 0 } name)
                names.Add(name);
        }
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Micro_guest_gives_a_good_verdict(string name)
    {
        using var machine = new RunningMachine($"guest-{name}", new MachineSettings
        {
            Memory = "256M",
            Modules = [$"../guests.elf guest={name}"],
        }, Patience.Hypervisor);
        Line verdict = machine.Expect("a verdict", line => IsVerdict(line.Text));
        Assert.True(verdict.Text.Contains(Expected.Pass(name), StringComparison.Ordinal), AllFailures(machine));
    }

    private static bool IsVerdict(string text) =>
        text.Contains(Expected.AnyPass, StringComparison.Ordinal) || text.Contains(Expected.Fail, StringComparison.Ordinal);

    // A guest goes on after the first thing that does not hold, so a moment later all of them are known.
    private static string AllFailures(RunningMachine machine)
    {
        Thread.Sleep(Patience.Seconds(1));
        return string.Join('\n', machine.Lines().Select(line => line.Text).Where(IsVerdict));
    }
}
