using System;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>Keys of the hypervisor's own console that end the machine's run: one processor, 1 GiB, no domain.</summary>
public sealed class HypervisorConsoleTests
{
    // QEMU runs with -no-reboot: a reset ends it as a power-off does.
    [Theory]
    [InlineData(Expected.KeyPowerOff, "(serai) power off")]
    [InlineData(Expected.KeyRestart, "(serai) restart")]
    public void KeyEndsTheMachine(char key, string announced)
    {
        using RunningMachine machine = Start($"{nameof(HypervisorConsoleTests)}-{key}");
        Keyboard.End(machine, key, announced);
        machine.ExpectOff();
    }

    [Theory]
    [InlineData("PuTTY")]
    [InlineData("PyRyCy")]
    public void WhatATerminalAnswersEndsNothing(string burst)
    {
        using RunningMachine machine = Start($"{nameof(HypervisorConsoleTests)}-{burst}");
        machine.TypeAtOnce(burst);
        Keyboard.Command(machine, Expected.KeyHelp, "this help");
    }

    [Fact]
    public void PanicTellsReasonAndCallsByNameAndLineAndRestarts()
    {
        using RunningMachine machine = Start($"{nameof(HypervisorConsoleTests)}-panic");
        Line panic = Keyboard.End(machine, Expected.KeyCrash, Expected.Panic);
        machine.Expect("a call by name and line", IsCall, panic.Index + 1);
        machine.Expect("restarts in five seconds", panic.Index + 1);
        machine.ExpectOff();
    }

    /// <summary>
    /// Three other processors: two whose guests never call the hypervisor, and one that sleeps. None may do anything any more. The stacks on which a
    /// panic of the worst kinds runs have nothing on either side.
    /// </summary>
    [Fact]
    public void PanicStopsEveryProcessorAndNorebootLeavesItSo()
    {
        using var monitor = new Monitor("panic");
        using var machine = new RunningMachine($"{nameof(HypervisorConsoleTests)}-noreboot", new MachineSettings
        {
            Processors = 4,
            Options = "noreboot",
            Devices = monitor.Devices,
            Modules = [MicroGuests.Domain("one", "endless-loop"), MicroGuests.Domain("two", "endless-loop")],
        }, Patience.Hypervisor);
        machine.Expect("all modules are done");
        int from = machine.Now;
        machine.Type(Expected.StraightChord);
        machine.Expect(Expected.KeyboardToHypervisor, from);
        Line panic = Keyboard.End(machine, Expected.KeyCrash, Expected.Panic);
        machine.Expect("the machine is halted", panic.Index + 1);
        const string stopped = "HLT=1";
        machine.ExpectState(monitor, "info registers -a", answer => answer.Split(stopped).Length == 5);
        Assert.DoesNotContain(machine.Lines(), line => line.Text.Contains("restarts", StringComparison.Ordinal));
        string map = monitor.Ask("info mem");
        foreach (string stack in (string[])["41000-ffff820000042000", "49000-ffff82000004a000", "51000-ffff820000054000", "59000-ffff82000005c000"])
            Assert.Contains($"ffff8200000{stack} ", map);
    }

    /// <summary>PAE, MCE, OSFXSR, OSXMMEXCPT, UMIP, OSXSAVE, SMEP and SMAP are what may be on; all processors agree, and all sleep.</summary>
    [Fact]
    public void ControlRegistersAreTheSameOnEveryProcessor()
    {
        const ulong known = 1 << 5 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 18 | 1 << 20 | 1 << 21, needed = 1 << 5 | 1 << 9 | 1 << 11 | 1 << 20;
        using var monitor = new Monitor("control");
        using var machine = new RunningMachine($"{nameof(HypervisorConsoleTests)}-control", new MachineSettings
        {
            Processors = 3,
            Devices = monitor.Devices,
        }, Patience.Hypervisor);
        machine.Expect(Expected.NothingToRun);
        ulong[] values = [.. monitor.Ask("info registers -a").Split("CR4=").Skip(1).Select(text => Convert.ToUInt64(text[..8], 16))];
        Assert.Equal(3, values.Length);
        Assert.All(values, value => Assert.Equal((values[0], 0ul, needed), (value, value & ~known, value & needed)));
    }

    private static bool IsCall(Line line) =>
        line.Text.Contains("Diagnostics.EndingKeys.", StringComparison.Ordinal) && line.Text.Contains("EndingKeys.cs:", StringComparison.Ordinal);

    private static RunningMachine Start(string name)
    {
        var machine = new RunningMachine(name, new MachineSettings(), Patience.Hypervisor);
        try
        {
            machine.Expect(Expected.NothingToRun);
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }
}
