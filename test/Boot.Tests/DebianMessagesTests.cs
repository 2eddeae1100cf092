using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// The same Debian as the initial domain of Serai and of Debian's own Xen, on machines with all kinds of devices: what its kernel says as a warning
/// or worse on Serai it says on Xen too, or the reason is here.
/// </summary>
[Trait("Length", "Long")]
public sealed partial class DebianMessagesTests
{
    /// <summary>Parts of lines that Serai adds and means, each with the reason.</summary>
    private static readonly Dictionary<string, string> _meant = [];

    [Theory]
    [InlineData("pc")]
    [InlineData("q35")]
    public void KernelWarnsOfNothingThatItDoesNotWarnOfOnXen(string type)
    {
        string[] ours = Warnings($"serai-{type}", type, Workspace.Image, "");
        string[] others = Warnings($"xen-{type}", type, Path.Combine(Workspace.Guests, "xen"), "sync_console");
        HashSet<string> known = [.. others.Select(Plain)];
        string[] added = [.. ours.Where(line => !known.Contains(Plain(line)) && !_meant.Keys.Any(line.Contains))];
        Assert.True(added.Length == 0, $"On Serai only:\n{string.Join('\n', added)}\n\nOn Xen:\n{string.Join('\n', others)}");
    }

    private static string[] Warnings(string name, string type, string image, string options)
    {
        using var machine = new DebianMachine($"{nameof(DebianMessagesTests)}-{name}", new DebianParts
        {
            Image = image,
            Type = type,
            Processors = 2,
            Disk = "nvme",
            Network = "e1000e",
            Options = $"dom0_mem=768M,max:768M {options}".TrimEnd(),
            Devices =
            [
                "-vga", "std", "-device", "qemu-xhci", "-device", "usb-kbd", "-device", "virtio-scsi-pci", "-device", "virtio-rng-pci",
                "-device", "ich9-ahci", "-device", "vmxnet3",
            ],
        });
        machine.Debian.Login();
        machine.Debian.ExpectHealth();
        string[] lines = machine.Debian.Run("dmesg -t --level=emerg,alert,crit,err,warn").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        machine.Monitor.Ask("system_powerdown");
        machine.Machine.ExpectOff();
        return lines;
    }

    // Numbers differ from boot to boot: addresses, times, counts.
    private static string Plain(string line) => Number().Replace(line, "N");

    [GeneratedRegex("(0x)?[0-9a-f]*[0-9][0-9a-f]*")]
    private static partial Regex Number();
}
