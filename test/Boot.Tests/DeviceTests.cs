using System;
using System.Globalization;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Serai.Emulators;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>One boot of the stories that need devices: an RTC, which every machine has, a serial port on PCI, and QEMU's edu.</summary>
public sealed class DeviceBoot : IDisposable
{
    /// <summary>What QEMU is to plug in.</summary>
    public static readonly string[] Devices = ["-chardev", "null,id=nothing", "-device", "pci-serial,chardev=nothing", "-device", "edu"];

    /// <summary>The machine whose initial domain tells them.</summary>
    public RunningMachine Machine { get; } = new("guests-devices", new MachineSettings
    {
        Memory = "256M",
        CountsInstructions = true,
        Devices = Devices,
        Modules = ["../guests.elf guest=all-devices"],
    }, Patience.Hypervisor);

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>Interrupts of real devices, of both kinds, as events of the initial domain.</summary>
public sealed class DeviceTests(DeviceBoot boot) : IClassFixture<DeviceBoot>
{
    /// <summary>The stories of the folder Devices.</summary>
    public static TheoryData<string, string> Stories() => MicroGuests.Stories("devices");

    [Theory]
    [MemberData(nameof(Stories))]
    public void StoryEndsWellForTheInitialDomain(string folder, string story)
    {
        Assert.Equal("devices", folder);
        MicroGuests.ExpectPass(boot.Machine, "", story);
    }
}

/// <summary>The stock kernel as the initial domain, on two processors, drives devices by its own drivers, with their interrupts.</summary>
public sealed class DriverTests
{
    [Fact]
    public void StockKernelDrivesDevicesByTheirLinesAndMessages()
    {
        using var monitor = new Monitor("drivers");
        using var machine = new RunningMachine(nameof(DriverTests), new MachineSettings
        {
            Type = "q35",
            Processors = 2,
            Options = "dom0_mem=320M,max:320M dom0_max_vcpus=2",
            Devices = [.. DeviceBoot.Devices, .. monitor.Devices, "-device", "pcie-root-port,id=root,slot=5",
                "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"],
            Modules = Module.InitialDomain(Module.Kernel, "serai.test=uname serai.end=shell"),
        }, Patience.Guest);
        var guest = new Guest(machine, "");
        guest.Expect("serio: i8042 KBD port");
        guest.Expect("registered as rtc0");
        guest.Expect("is a 16550A");
        guest.ExpectCheck("uname");
        guest.Expect("SELFTEST DONE (0 failed)");
        guest.Ask("exec 5>/dev/ttyS0; yes 0123456789 | head -n 400 >&5; echo sent: $((1 + 1))", "sent: 2");
        string line = guest.Ask("grep ttyS0 /proc/interrupts", "xen-pirq");
        int count = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(2).Sum(it => int.Parse(it, CultureInfo.InvariantCulture));
        Assert.True(count > 0, line);
        Assert.Contains("ioapic-level", line);
        // The driver sends on in one interrupt as long as the device takes more. Each newline is sent as two bytes.
        Assert.Contains("tx:4800", guest.Ask("sleep 1; cat /proc/tty/driver/serial", "16550A"));
        // A slot tells of what is plugged in by a message: the kernel's own driver takes it, and finds the function.
        guest.Ask("grep -e pciehp -e PME /proc/interrupts", "-msi");
        monitor.Ask("device_add edu,bus=root,id=late");
        guest.Expect("Slot(5)");
        guest.Expect("[1234:11e8]");
        guest.ExpectNoComplaint();
        machine.Type("poweroff -f\r");
        machine.ExpectOff();
    }
}
