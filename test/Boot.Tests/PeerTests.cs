using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>Two domains with an event channel between them, one in the FIFO form and one in two levels; then one of them ends.</summary>
public sealed class PeerTests
{
    // The stories name each other by number: domain ids follow the order of the modules.
    private const string Listener = "ear", Speaker = "mouth";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void EventsGoBothWaysUntilOneEndDies(int processors)
    {
        using var machine = new RunningMachine($"{nameof(PeerTests)}-{processors}", new MachineSettings
        {
            Memory = "512M",
            Processors = processors,
            CountsInstructions = processors == 1,
            Modules = [MicroGuests.Domain(Listener, "peer-listens"), MicroGuests.Domain(Speaker, "peer-dies")],
        }, Patience.Hypervisor);
        MicroGuests.ExpectPass(machine, Expected.PrefixOf(Speaker), "peer-dies");
        MicroGuests.ExpectPass(machine, Expected.PrefixOf(Listener), "peer-listens");
        machine.Expect(Expected.FramesBack(Listener));
        machine.Expect(Expected.FramesBack(Speaker));
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }
}
