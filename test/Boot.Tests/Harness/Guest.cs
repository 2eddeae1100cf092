using System;
using System.Globalization;
using System.Linq;
using Xunit;

namespace Serai.Boot.Tests.Harness;

/// <summary>A guest as seen on the console of its machine: its own lines without the hypervisor's prefix, and the keyboard.</summary>
/// <param name="machine">The machine it runs on.</param>
/// <param name="name">The domain's name; empty for the initial domain, whose lines have no prefix.</param>
public sealed class Guest(RunningMachine machine, string name)
{
    private const string Clock = "CLOCK ";

    private readonly string _prefix = name.Length == 0 ? "" : Expected.PrefixOf(name);

    /// <summary>Waits for a line of this guest that contains the text, and returns it without the prefix.</summary>
    public string Expect(string text, int from = 0) => Own(ExpectLine(text, from));

    /// <summary>As <see cref="Expect"/>; the line as it stands in the transcript.</summary>
    public Line ExpectLine(string text, int from = 0) =>
        machine.Expect($"'{text}' from {Title}", line => IsOwn(line) && Own(line).Contains(text, StringComparison.Ordinal), from);

    /// <summary>Waits for the verdict of one of the guest's checks (tools/userland/checks.sh); fails unless it is ok.</summary>
    public void ExpectCheck(string check)
    {
        string verdict = Expect($"TEST {check}: ");
        Assert.True(verdict.Contains(": ok", StringComparison.Ordinal), $"{Title}: {verdict}\n{string.Join('\n', Before(verdict, 25))}");
    }

    /// <summary>The kernel has said nothing that a healthy kernel does not say.</summary>
    public void ExpectNoComplaint()
    {
        string[] complaints = [.. OwnLines().Where(text => Expected.KernelComplaints.Any(bad => text.Contains(bad, StringComparison.Ordinal)))];
        Assert.True(complaints.Length == 0, $"{Title} complains:\n{string.Join('\n', complaints)}");
    }

    /// <summary>Moves the keyboard here, types a command for the shell, and waits for its answer.</summary>
    public string Ask(string command, string answer)
    {
        TakeKeyboard();
        int from = machine.Now;
        machine.Type(command + "\r");
        return Own(machine.Expect($"'{answer}' from {Title}", line => line.Text.Contains(answer, StringComparison.Ordinal)
            && !line.Text.Contains(command, StringComparison.Ordinal), from));
    }

    /// <summary>Presses the chord until the hypervisor says that the keyboard is here.</summary>
    public void TakeKeyboard() => Keyboard.MoveTo(machine, name);

    /// <summary>
    /// What the guest's wall clock said before and after a line of the transcript, in seconds since 1970: its CLOCK lines next to that one.
    /// </summary>
    public (double Before, double After) ClocksAround(Line line)
    {
        Line after = machine.Expect($"a clock of {Title} after line {line.Index}", IsClock, line.Index + 1);
        return (ClockIn(machine.Lines().Last(other => other.Index < line.Index && IsClock(other))), ClockIn(after));
    }

    /// <summary>Waits until the guest's wall clock shows a moment, in seconds since 1970.</summary>
    public void ExpectClock(double moment) =>
        machine.Expect($"{Title} at {moment:F0} s since 1970", line => IsClock(line) && ClockIn(line) >= moment);

    /// <summary>The memory that the greeting of tools/userland/init tells, in MiB.</summary>
    public static int MebibytesIn(string banner) =>
        int.Parse(banner.Split(", ").Single(part => part.EndsWith(" MiB", StringComparison.Ordinal)).Split(' ')[0], CultureInfo.InvariantCulture);

    private string Title => name.Length == 0 ? "the initial domain" : name;

    private bool IsClock(Line line) => IsOwn(line) && Own(line).StartsWith(Clock, StringComparison.Ordinal);

    private double ClockIn(Line line) => double.Parse(Own(line)[Clock.Length..], CultureInfo.InvariantCulture);

    private bool IsOwn(Line line) => line.Text.StartsWith(_prefix, StringComparison.Ordinal);

    private string Own(Line line) => IsOwn(line) ? line.Text[_prefix.Length..] : line.Text;

    private string[] OwnLines() => [.. machine.Lines().Where(IsOwn).Select(Own)];

    private string[] Before(string verdict, int count)
    {
        string[] lines = OwnLines();
        int end = Array.IndexOf(lines, verdict);
        return lines[Math.Max(0, end - count)..Math.Max(0, end)];
    }
}
