using System.IO;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>out/serai.iso on one processor and 1 GiB: GRUB by BIOS and by UEFI, multiboot2 and multiboot1, to two shells.</summary>
public sealed class IsoTests
{
    [Fact]
    public void DiscBootsByBIOS() => BootTheDisc("bios", null);

    [Fact]
    public void DiscBootsByUEFI() => BootTheDisc("uefi", Path.Combine(Workspace.Guests, "OVMF.fd"));

    // The second entry of the menu (Ctrl-N moves down); it need not go all the way to a shell again.
    [Fact]
    public void DiscBootsByMultiboot1()
    {
        using RunningMachine machine = Start("multiboot1", null);
        machine.ExpectUnfinished(Expected.GrubMenu);
        machine.Type("\u000e\r");
        machine.Expect("Loading Serai");
        foreach (string guest in new[] { "alpha", "beta" })
            new Guest(machine, guest).Expect(Expected.KernelOnXen);
    }

    private static void BootTheDisc(string name, string? firmware)
    {
        using RunningMachine machine = Start(name, firmware);
        foreach (string guest in new[] { "alpha", "beta" })
            new Guest(machine, guest).Expect(Expected.Greeting);
    }

    private static RunningMachine Start(string name, string? firmware) => new(
        $"{nameof(IsoTests)}-{name}",
        new MachineSettings { Disc = Workspace.Iso, Firmware = firmware },
        Patience.Guests);
}
