using System;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Every story that ends with its domain's death, guests that loop for ever in their own code and in a hypercall, and one that only wants to
/// sleep, on one processor. It does not count instructions: of an endless hypercall's flushes an emulator does too few in a second.
/// </summary>
public sealed class CrookedBoot : IDisposable
{
    /// <summary>The domain that wants to sleep.</summary>
    public const string Calm = "calm";

    /// <summary>Boots.</summary>
    public CrookedBoot() => Machine = new RunningMachine("guests-crooked", new MachineSettings
    {
        Memory = "512M",
        Modules =
        [
            MicroGuests.Domain(Calm, "ticking"),
            MicroGuests.Domain("loop", "endless-loop"),
            MicroGuests.Domain("call", "endless-call"),
            .. MicroGuests.NamesOf("deaths").Select(name => MicroGuests.Domain(name, name)),
        ],
    }, Patience.Guest);

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>Guests that kill themselves by what they do to the hypervisor die alone.</summary>
public sealed class CrookedGuestTests(CrookedBoot boot) : IClassFixture<CrookedBoot>
{
    /// <summary>All stories of a death.</summary>
    public static TheoryData<string, string> Deaths() => MicroGuests.Stories("deaths");

    [Theory]
    [MemberData(nameof(Deaths))]
    public void GuestDiesAndAllItsFramesComeBack(string folder, string story)
    {
        Assert.Equal("deaths", folder);
        boot.Machine.Expect("its death", line => line.Text.Contains(Expected.Died(story, "has crashed"), StringComparison.Ordinal)
            || line.Text.Contains(Expected.Died(story, "has powered off"), StringComparison.Ordinal)
            || line.Text.Contains(Expected.Died(story, "was stopped by its watchdog"), StringComparison.Ordinal));
        boot.Machine.Expect(Expected.FramesBack(story));
        Assert.DoesNotContain(boot.Machine.Lines(), line => line.Text.Contains(Expected.PrefixOf(story) + Expected.Fail, StringComparison.Ordinal));
    }

    [Fact]
    public void NeighbourOfAllOfThemNoticesNothing() =>
        MicroGuests.ExpectPass(boot.Machine, Expected.PrefixOf(CrookedBoot.Calm), "ticking");

    /// <summary>SERAI_SEED throws other dice than those of every day.</summary>
    private static string Seed => Environment.GetEnvironmentVariable("SERAI_SEED") ?? "1";

    /// <summary>
    /// Domains whose virtual CPUs give every way in and out of the hypervisor what it least expects: they may die of it, and leave nothing behind.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WildEntriesHurtOnlyThemselves(int processors)
    {
        const int copies = 12;
        using var machine = new RunningMachine($"guests-wild-{processors}", new MachineSettings
        {
            Memory = "512M",
            Image = processors == 1 ? Workspace.CheckedImage : Workspace.Image,
            Processors = processors,
            CountsInstructions = processors == 1,
            Modules =
            [
                MicroGuests.Domain(CrookedBoot.Calm, "ticking"),
                $"../guests.elf domain=wild memory=4M vcpus=4 copies={copies} -- guest=wild-entries seed={Seed}",
            ],
        }, Patience.Hypervisor);
        for (int copy = 1; copy <= copies; copy++)
            machine.Expect(Expected.FramesBack($"wild{copy}"));
        MicroGuests.ExpectPass(machine, Expected.PrefixOf(CrookedBoot.Calm), "ticking");
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
    }

    [Fact]
    public void BooksAgreeAfterRandomHypercalls()
    {
        using var machine = new RunningMachine("guests-random", new MachineSettings
        {
            Memory = "512M",
            CountsInstructions = true,
            Modules = [MicroGuests.Domain(CrookedBoot.Calm, "ticking late=1000"), MicroGuests.Domain("random", "random-calls")],
        }, Patience.Hypervisor);
        machine.Expect(Expected.PrefixOf("random") + "thrown");
        Keyboard.Command(machine, Expected.KeyRecount, Expected.BooksAgree);
        MicroGuests.ExpectPass(machine, Expected.PrefixOf("random"), "random-calls");
        MicroGuests.ExpectPass(machine, Expected.PrefixOf(CrookedBoot.Calm), "ticking");
    }
}
