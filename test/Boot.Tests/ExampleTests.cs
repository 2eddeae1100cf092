using System.Globalization;
using System.Text.RegularExpressions;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>The examples of examples/, as docs/guestkit.md shows them.</summary>
public sealed partial class ExampleTests
{
    /// <summary>Threads, queues, channels and a timer in a domain of 2 MiB, on one processor and 256 MiB.</summary>
    [Fact]
    public void ThePipelineAddsUp()
    {
        using var machine = new RunningMachine("example-pipeline", new MachineSettings
        {
            Memory = "256M",
            Modules = ["../example-pipeline.elf domain=pipeline memory=2M -- numbers=20000"],
        }, Patience.Hypervisor);
        machine.Expect("PASS pipeline: the squares up to 20000 add up to 2666866670000");
        machine.Expect(Expected.FramesBack("pipeline"));
    }

    /// <summary>
    /// A store and its client, each in 2 MiB, on one processor that counts instructions: every page comes back as it was written, no page is copied
    /// between the two, nonsense gets errors, and larger batches cost less: one event each way for a batch, however large.
    /// </summary>
    [Fact]
    public void TheStoreKeepsPagesAndBatchesSaveEvents()
    {
        using var machine = new RunningMachine("example-store", new MachineSettings
        {
            Memory = "256M",
            CountsInstructions = true,
            Modules =
            [
                "../example-store.elf domain=client memory=2M -- role=client peer=2",
                "../example-store.elf domain=server memory=2M -- role=server peer=1 measure=1",
            ],
        }, Patience.Guest);
        machine.Expect("(server) a page mapped and let go: ");
        (int one, int oneEvents) = Cost(machine, 1);
        (int eight, int eightEvents) = Cost(machine, 8);
        (int many, int manyEvents) = Cost(machine, 32);
        machine.Expect("(client) PASS store");
        machine.Expect("(server) the store is closed");
        machine.Expect(Expected.FramesBack("client"));
        machine.Expect(Expected.FramesBack("server"));
        Assert.Equal((4096, 512, 128), (oneEvents, eightEvents, manyEvents));
        Assert.True(eight < one / 4 && many < eight / 2, $"{one}, {eight}, {many} instructions a request in batches of 1, 8, 32");
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    /// <summary>The same on two processors, where client and server run at the same time and events go from one to the other.</summary>
    [Fact]
    public void TheStoreKeepsPagesOnTwoProcessors()
    {
        using var machine = new RunningMachine("example-store-two", new MachineSettings
        {
            Memory = "256M",
            Processors = 2,
            Modules =
            [
                "../example-store.elf domain=client memory=2M -- role=client peer=2",
                "../example-store.elf domain=server memory=2M -- role=server peer=1",
            ],
        }, Patience.Guest);
        machine.Expect("(client) PASS store");
        machine.Expect(Expected.FramesBack("client"));
        machine.Expect(Expected.FramesBack("server"));
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    /// <summary>A client whose indexes lie (test/Guests/Company/RogueClient): the store ends the service and both leave without a trace.</summary>
    [Fact]
    public void TheStoreDoesNotBelieveARing()
    {
        using var machine = new RunningMachine("example-rogue", new MachineSettings
        {
            Memory = "256M",
            Modules =
            [
                MicroGuests.Domain("rogue", "rogue-client peer=2"),
                "../example-store.elf domain=server memory=2M -- role=server peer=1",
            ],
        }, Patience.Guest);
        machine.Expect("(server) the client's ring is broken");
        machine.Expect("(server) the store is closed");
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("rogue"), "rogue-client");
        machine.Expect(Expected.FramesBack("rogue"));
        machine.Expect(Expected.FramesBack("server"));
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    private static (int Instructions, int Events) Cost(RunningMachine machine, int batch)
    {
        Match found = Measured().Match(machine.Expect($"(client) batch {batch}: ").Text);
        return (Number(found, 1), Number(found, 2));
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"batch \d+: (\d+) ticks a request, (\d+) events")]
    private static partial Regex Measured();
}
