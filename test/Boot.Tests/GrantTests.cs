using System;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>Two pairs of domains that share a page; of one the granter dies first, of the other the user.</summary>
public sealed class GrantBoot : IDisposable
{
    /// <summary>Boots.</summary>
    public GrantBoot() => Machine = new RunningMachine("guests-grants", new MachineSettings
    {
        Memory = "256M",
        CountsInstructions = true,
        // Domains get their ids in the order of the modules, beginning with 1.
        Modules =
        [
            MicroGuests.Domain("mortal-granter", "granter-dies peer=2"), MicroGuests.Domain("user", "user-outlives peer=1"),
            MicroGuests.Domain("mortal-user", "user-dies peer=4"), MicroGuests.Domain("granter", "granter-outlives peer=3"),
        ],
    }, Patience.Hypervisor);

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>Deaths with grants out hurt nobody, and everything comes back.</summary>
public sealed class GrantTests(GrantBoot boot) : IClassFixture<GrantBoot>
{
    [Theory]
    [InlineData("mortal-granter", "granter-dies")]
    [InlineData("user", "user-outlives")]
    [InlineData("mortal-user", "user-dies")]
    [InlineData("granter", "granter-outlives")]
    public void StoryEndsWell(string domain, string story) => MicroGuests.ExpectPass(boot.Machine, Expected.PrefixOf(domain), story);

    [Fact]
    public void FramesOfADeadGranterComeBackOnceItsUserLetsGo()
    {
        Line end = boot.Machine.Expect(Expected.PrefixOf("user") + Expected.AnyPass);
        boot.Machine.Expect(Expected.FramesBack("mortal-granter"));
        Assert.True(boot.Machine.Expect(Expected.Died("mortal-granter", "has powered off")).Index < end.Index);
    }

    [Fact]
    public void AllFramesComeBackAndTheBooksAgree()
    {
        foreach (string domain in (string[])["mortal-granter", "user", "mortal-user", "granter"])
            boot.Machine.Expect(Expected.FramesBack(domain));
        Keyboard.Command(boot.Machine, Expected.KeyRecount, Expected.BooksAgree);
    }
}
