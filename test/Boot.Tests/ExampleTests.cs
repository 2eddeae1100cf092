using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>The examples of examples/, as docs/guestkit.md shows them.</summary>
public sealed class ExampleTests
{
    /// <summary>Threads, queues, channels and a timer in a domain of 2 MiB, on one processor and 256 MiB.</summary>
    [Fact]
    public void The_pipeline_adds_up()
    {
        using var machine = new RunningMachine("example-pipeline", new MachineSettings
        {
            Memory = "256M",
            Modules = ["../example-pipeline.elf domain=pipeline memory=2M -- numbers=20000"],
        }, Patience.Hypervisor);
        machine.Expect("PASS pipeline: the squares up to 20000 add up to 2666866670000");
        machine.Expect(Expected.FramesBack("pipeline"));
    }
}
