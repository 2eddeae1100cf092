using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Machines without some of what every PC had: one stock guest on 1 GiB comes up and goes on, and then the machine goes off as it is told.
/// </summary>
public sealed class FirmwareTests
{
    private const string MicroMachine = "microvm,acpi=on,pic=off,rtc=off,pit=";

    [Theory]
    [InlineData("hpet", "q35,pit=off,hpet=on", "time is measured by the HPET")]
    [InlineData("acpi", "q35,pit=off,hpet=off", "time is measured by ACPI's timer")]
    [InlineData("micro", MicroMachine + "on", "there is no RTC: the wall clock starts at 2026-01-01 00:00 UTC")]
    public void GuestRunsWhereOldDevicesAreMissing(string name, string type, string told)
    {
        const string checks = "uname,threads,dmesg";
        string[] modules = Module.Guest("alpha", Module.CloudKernel, "256M", $"serai.test={checks} serai.end=shell");
        using RunningMachine machine = Start(name, type, modules);
        machine.Expect(told);
        var guest = new Guest(machine, "alpha");
        foreach (string check in checks.Split(','))
            guest.ExpectCheck(check);
        machine.Type(Expected.StraightChord);
        machine.Expect(Expected.KeyboardToHypervisor);
        Keyboard.End(machine, Expected.KeyPowerOff, "power off");
        machine.ExpectOff();
    }

    /// <summary>A hardware-reduced machine resets by a register in memory; QEMU then ends.</summary>
    [Fact]
    public void HardwareReducedMachineRestarts()
    {
        using RunningMachine machine = Start("reset", MicroMachine + "on", []);
        machine.Expect(Expected.NothingToRun);
        machine.Type(Expected.StraightChord);
        machine.Expect(Expected.KeyboardToHypervisor);
        Keyboard.End(machine, Expected.KeyRestart, "restart");
        machine.ExpectOff();
    }

    [Fact]
    public void MachineWithoutAnyClockIsRefusedInWords()
    {
        using RunningMachine machine = Start("timeless", MicroMachine + "off", []);
        machine.Expect("nothing tells how fast time goes");
    }

    private static RunningMachine Start(string name, string type, string[] modules) =>
        new($"{nameof(FirmwareTests)}-{name}", new MachineSettings { Type = type, Modules = modules }, Patience.Guest);
}
