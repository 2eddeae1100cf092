using System;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>The same stories in unprivileged domains of 16 MiB, one for each folder, all at once on one processor.</summary>
public sealed class NeighbourBoot : IDisposable
{
    /// <summary>Boots.</summary>
    public NeighbourBoot() => Machine = new RunningMachine("guests-neighbours", new MachineSettings
    {
        Memory = "512M",
        CountsInstructions = true,
        Modules = [.. MicroGuests.Folders.Select(folder => MicroGuests.Domain(folder, $"all-{folder}"))],
    }, Patience.Hypervisor);

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>The micro-guests without privilege, as each other's neighbours.</summary>
public sealed class NeighbourGuestTests(NeighbourBoot boot) : IClassFixture<NeighbourBoot>
{
    /// <summary>All stories of a life that goes on.</summary>
    public static TheoryData<string, string> Stories() => MicroGuests.Stories(MicroGuests.Folders);

    [Theory]
    [MemberData(nameof(Stories))]
    public void StoryEndsWellWithoutPrivilege(string folder, string story) =>
        MicroGuests.ExpectPass(boot.Machine, Expected.PrefixOf(folder), story);

    [Fact]
    public void AllFramesComeBackAndTheBooksAgree()
    {
        foreach (string folder in MicroGuests.Folders)
            boot.Machine.Expect(Expected.FramesBack(folder));
        Keyboard.Command(boot.Machine, Expected.KeyRecount, Expected.BooksAgree);
    }
}
