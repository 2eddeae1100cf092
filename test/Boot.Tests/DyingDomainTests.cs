using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Domains that die while another of their virtual CPUs is in front of the hypervisor's lock with a call, on a second processor: the call is not
/// made, the domain goes, and whoever kept a channel to it writes into nothing.
/// </summary>
public sealed class DyingDomainTests
{
    // The keeper takes all the memory that there is, so it may have that much; the stories know each other by the modules' order.
    private const string Keeper = "../guests.elf domain=keeper memory=16M maxmem=128M -- guest=zombie-keeper",
        Maker = "../guests.elf domain=maker memory=4M vcpus=2 -- guest=zombie-maker",
        Late = "../guests.elf domain=late memory=8M vcpus=2 -- guest=late-call";

    [Fact]
    public void ChannelToADomainThatDiedCallingLeadsNowhere()
    {
        using var machine = new RunningMachine($"{nameof(DyingDomainTests)}-zombie", new MachineSettings
        {
            Memory = "128M",
            Processors = 2,
            Modules = [Keeper, Maker],
        }, Patience.Hypervisor);
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("keeper"), "zombie-keeper");
        machine.Expect(Expected.FramesBack("maker"));
        machine.Expect(Expected.FramesBack("keeper"));
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    // A call that came through would hold a frame for ever, and the domain with it: one life is one attempt.
    [Fact]
    public void DomainGoesWhateverItAskedForLast()
    {
        using var machine = new RunningMachine($"{nameof(DyingDomainTests)}-late", new MachineSettings
        {
            Memory = "128M",
            Processors = 2,
            Modules = [Late],
        }, Patience.Hypervisor);
        Line life = machine.Expect(Expected.FramesBack("late"));
        for (int lives = 1; lives < 4; lives++)
        {
            Line next = machine.Expect(Expected.FramesBack("late"), life.Index + 1);
            Assert.Equal(life.Text, next.Text);
            life = next;
        }
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }
}
