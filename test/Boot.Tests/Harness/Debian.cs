using System;
using System.Linq;
using Xunit;

namespace Serai.Boot.Tests.Harness;

/// <summary>The Debian of tools/debian on its disk, as seen on the serial port: of itself, or as the initial domain.</summary>
/// <param name="machine">The machine that it owns.</param>
public sealed class Debian(EmulatedMachine machine)
{
    /// <summary>The disk, its kernel and its initrd in out/guests.</summary>
    public const string Disk = "debian", Kernel = "debian-vmlinuz", Initrd = "debian-initrd";

    private int _place;
    private int _commands;

    /// <summary>Waits for the login, after the last one, and logs in.</summary>
    public void Login()
    {
        _place = machine.ExpectAnywhere("debian login: ", _place);
        machine.Type("root\r");
        _place = machine.ExpectAnywhere("root@debian", _place);
        Run("dmesg --console-off; stty columns 200");
    }

    /// <summary>Runs a command of the shell and returns what came on the serial port until it was done.</summary>
    public string Run(string command)
    {
        string end = $"done {++_commands * 7}";
        int from = machine.Now;
        machine.Type($"{command}; echo done $(({_commands} * 7))\r");
        Line last = machine.Expect($"the end of '{command}'", line => line.Text == end, from);
        return string.Join('\n', machine.Lines().Where(line => line.Index > from && line.Index < last.Index).Select(line => line.Text));
    }

    /// <summary>Runs a command, which must answer with the text.</summary>
    public void Expect(string command, string answer) => Assert.Contains(answer, Run(command), StringComparison.Ordinal);

    /// <summary>Waits until a condition of the shell holds, half an hour of Debian's own clock at most.</summary>
    public void Await(string condition)
        => Expect($"timeout 1800 sh -c \"until {condition}; do sleep 1; done\" && echo come $((6 * 7))", "come 42");

    /// <summary>All that was to be started has started, and nothing failed.</summary>
    public void ExpectHealth()
        => Assert.Contains("running", Run("systemctl is-system-running --wait || systemctl --failed --no-pager").Split('\n'));

    /// <summary>Types a command that ends this boot.</summary>
    public void Leave(string command)
    {
        _place = machine.Stream().Length;
        machine.Type(command + "\r");
    }
}
