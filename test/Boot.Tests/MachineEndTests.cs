using Serai.Boot.Tests.Harness;
using Serai.Emulators;

using Xunit;

namespace Serai.Boot.Tests;

/// <summary>An initial domain that crashes takes the machine with it, and whoever reads the console is told of everybody.</summary>
public sealed class MachineEndTests
{
    /// <summary>Two others whose guests never call the hypervisor, each on a processor of its own.</summary>
    [Fact]
    public void TheOthersEndWithALineEachAndNorebootLeavesItToBeRead()
    {
        using var monitor = new Monitor("end");
        using var machine = new RunningMachine(nameof(MachineEndTests), new MachineSettings
        {
            Processors = 3,
            Options = "noreboot",
            Devices = monitor.Devices,
            Modules = ["../guests.elf guest=no-handler", MicroGuests.Domain("one", "endless-loop"), MicroGuests.Domain("two", "endless-loop")],
        }, Patience.Hypervisor);
        Line crash = machine.Expect(Expected.Died("Domain-0", "has crashed"));
        Line one = machine.Expect(Expected.Died("one", "ends with the machine"), crash.Index + 1);
        Line two = machine.Expect(Expected.Died("two", "ends with the machine"), one.Index + 1);
        machine.Expect("the machine is halted", two.Index + 1);
        machine.ExpectState(monitor, "info registers -a", answer => answer.Split("HLT=1").Length == 4);
    }
}
