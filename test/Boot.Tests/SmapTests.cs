using System;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>All stories once more where ring 0 may reach guests' pages through its windows only, in unprivileged domains on one processor.</summary>
public sealed class SmapBoot : IDisposable
{
    /// <summary>What the processor's line of the boot says.</summary>
    public const string Announced = ", SMAP";

    /// <summary>
    /// Boots. SMAP stays off where CPUID tells of QEMU's emulation, whose fault with it shows only in an iretq of ring 3: stock kernels execute that,
    /// all stories but one do not. So it is hidden.
    /// </summary>
    public SmapBoot() => Machine = new RunningMachine("guests-smap", new MachineSettings
    {
        Cpu = "max,-hypervisor",
        Memory = "512M",
        Modules = [.. MicroGuests.Folders.Select(folder => MicroGuests.Domain(folder, $"all-{folder}"))],
    }, Patience.Hypervisor);

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>SMAP, and the option that leaves it off.</summary>
public sealed class SmapTests(SmapBoot boot) : IClassFixture<SmapBoot>
{
    /// <summary>The story that executes iretq and far returns in ring 3, which QEMU's emulation does with the rights of the supervisor.</summary>
    private const string ReturnsInRing3 = "other-ways-in";

    /// <summary>The folders.</summary>
    public static TheoryData<string> Folders()
    {
        var rows = new TheoryData<string>();
        foreach (string folder in MicroGuests.Folders)
            rows.Add(folder);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void StoriesEndWellWithTheWindowsClosed(string folder)
    {
        boot.Machine.Expect(SmapBoot.Announced);
        foreach (string story in MicroGuests.NamesOf(folder).Where(story => story != ReturnsInRing3))
            MicroGuests.ExpectPass(boot.Machine, Expected.PrefixOf(folder), story);
    }

    [Theory]
    [InlineData("max,-hypervisor", "smap=off")]
    [InlineData("max", "")]
    [InlineData("max,-hypervisor,-smap", "smap=on")]
    public void ItStaysOffWhereItIsNotWantedOrNotThere(string cpu, string options)
    {
        using var machine = new RunningMachine($"{nameof(SmapTests)}-{cpu}-{options}", new MachineSettings { Cpu = cpu, Options = options },
            Patience.Hypervisor);
        machine.Expect(Expected.NothingToRun);
        Assert.DoesNotContain(machine.Lines(), line => line.Text.Contains(SmapBoot.Announced, StringComparison.Ordinal));
    }
}
