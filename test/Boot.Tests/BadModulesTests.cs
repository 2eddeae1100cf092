using System;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Two good domains among many that cannot be: one processor, 1 GiB. The console must name each module and its reason, and the good
/// ones must start.
/// </summary>
public sealed class BadModulesBoot : IDisposable
{
    /// <summary>32 bytes, one more than a name may have.</summary>
    public const string LongName = "a-name-that-is-one-byte-too-long";

    /// <summary>Boots.</summary>
    public BadModulesBoot()
    {
        const string kernel = Module.CloudKernel;
        Machine = new RunningMachine(nameof(BadModulesTests), new MachineSettings
        {
            Modules =
            [
                $"{BrokenFiles.Empty()} domain=empty memory=64M",
                $"{BrokenFiles.Truncated()} domain=truncated memory=160M",
                .. Module.Guest("good", kernel, "192M", "serai.test=uname,dmesg serai.end=stay"),
                $"{BrokenFiles.Corrupt()} domain=corrupt memory=160M",
                $"{BrokenFiles.Text()} domain=text memory=64M",
                $"{BrokenFiles.WithoutNotes()} domain=plain memory=64M",
                $"{BrokenFiles.AskingTooMuch()} domain=greedy memory=64M",
                $"{BrokenFiles.ForAnotherLoader()} domain=foreign memory=64M",
                $"{kernel} domain=tiny memory=16M",
                $"{kernel} domain=giant memory=64G",
                $"{kernel} domain=good memory=160M",
                $"{kernel} domain={LongName} memory=160M",
                $"{kernel} domain=typo memory=lots",
                $"{kernel} domain=wordy memory=160M frobnicate",
                $"{kernel} domain= memory=160M",
                .. Module.Guest("second", kernel, "192M", "serai.test=uname serai.end=poweroff"),
                $"{kernel} domain=unfinished memory=160M ramdisk",
            ],
        }, Patience.Guests);
    }

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>Bad input: a clear line, and nothing lost.</summary>
public sealed class BadModulesTests(BadModulesBoot boot) : IClassFixture<BadModulesBoot>
{
    [Theory]
    [InlineData("broken/empty", Expected.ReasonEmpty)]
    [InlineData("broken/truncated", Expected.ReasonTruncated)]
    [InlineData("broken/corrupt", Expected.ReasonCorrupt)]
    [InlineData("broken/text", Expected.ReasonNoKernel)]
    [InlineData("broken/plain", Expected.ReasonNoNotes)]
    [InlineData("broken/greedy", Expected.ReasonFeature)]
    [InlineData("broken/foreign", Expected.ReasonLoader)]
    [InlineData("tiny", Expected.ReasonMemorySmall)]
    [InlineData("giant", Expected.ReasonMemoryLacking)]
    [InlineData("good", Expected.ReasonNameTaken)]
    [InlineData(BadModulesBoot.LongName, Expected.ReasonNameLong)]
    [InlineData("typo", Expected.ReasonNotSize)]
    [InlineData("wordy", Expected.ReasonUnknownWord)]
    [InlineData("vmlinuz-cloud", Expected.ReasonNoName)]
    [InlineData("unfinished", Expected.ReasonNoRamdisk)]
    public void ConsoleNamesTheModuleAndTheReason(string module, string reason) =>
        boot.Machine.Expect($"a line with '{module}' and '{reason}'", line =>
            line.Text.Contains(module, StringComparison.Ordinal) && Expected.Says(line.Text, reason));

    [Theory]
    [InlineData("good")]
    [InlineData("second")]
    public void OtherDomainsStart(string guest)
    {
        var self = new Guest(boot.Machine, guest);
        self.ExpectCheck("uname");
        self.ExpectNoComplaint();
    }
}

/// <summary>Machines that get nothing they could run: one processor, 1 GiB. The console says so and stays usable.</summary>
public sealed class NothingToRunTests
{
    [Fact]
    public void WithoutModulesTheConsoleSaysSo()
    {
        using var machine = new RunningMachine(nameof(WithoutModulesTheConsoleSaysSo), new MachineSettings(), Patience.Hypervisor);
        machine.Expect(Expected.NothingToRun);
    }

    [Fact]
    public void BrokenKernelOfTheInitialDomainIsNamed()
    {
        using var machine = new RunningMachine(
            nameof(BrokenKernelOfTheInitialDomainIsNamed),
            new MachineSettings { Modules = [$"{BrokenFiles.Corrupt()} console=hvc0", Module.Initramfs] },
            Patience.Hypervisor);
        machine.Expect("a line that names the kernel and the reason", line =>
            line.Text.Contains("broken/corrupt", StringComparison.Ordinal) && Expected.Says(line.Text, Expected.ReasonCorrupt));
    }

    // Options that cannot be right are named one by one, and what is right still holds.
    [Theory]
    [InlineData("dom0_mem=lots", "dom0_mem=lots")]
    [InlineData("loglvl=shouting", "loglvl=shouting")]
    [InlineData("com9=115200", "com9=115200")]
    public void BrokenOptionIsNamed(string option, string named)
    {
        var settings = new MachineSettings { Options = option };
        using var machine = new RunningMachine($"{nameof(BrokenOptionIsNamed)}-{option}", settings, Patience.Hypervisor);
        machine.Expect("a line naming the option", line =>
            line.Text.Contains(named, StringComparison.Ordinal) && line.Text.Contains("option", StringComparison.Ordinal));
    }
}
