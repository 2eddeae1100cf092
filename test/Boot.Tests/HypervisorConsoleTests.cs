using System;
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
    public void Key_ends_the_machine(char key, string announced)
    {
        using RunningMachine machine = Start($"{nameof(HypervisorConsoleTests)}-{key}");
        Keyboard.End(machine, key, announced);
        machine.ExpectOff();
    }

    [Theory]
    [InlineData("PuTTY")]
    [InlineData("PyRyCy")]
    public void What_a_terminal_answers_ends_nothing(string burst)
    {
        using RunningMachine machine = Start($"{nameof(HypervisorConsoleTests)}-{burst}");
        machine.TypeAtOnce(burst);
        Keyboard.Command(machine, Expected.KeyHelp, "this help");
    }

    [Fact]
    public void Panic_tells_reason_and_calls_by_name_and_line_and_stops()
    {
        using RunningMachine machine = Start($"{nameof(HypervisorConsoleTests)}-panic");
        Line panic = Keyboard.End(machine, Expected.KeyCrash, Expected.Panic);
        machine.Expect("a call by name and line", IsCall, panic.Index + 1);
        machine.Expect("the machine is halted", panic.Index + 1);
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
