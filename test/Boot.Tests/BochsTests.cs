using System;
using System.Globalization;
using System.Linq;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Processors of both vendors as Bochs emulates them, which checks what QEMU's emulation lets pass: segment limits, reserved bits, the order of
/// faults. On each the stories about the processor end well, in an unprivileged domain, beside a stock kernel that comes to its shell.
/// </summary>
public sealed class BochsTests
{
    // The options are the hypervisor's: what it does only where it is told to is tried on a model that has it. Beside what a guest shows stands what
    // the hypervisor says that it does.
    [Theory]
    [InlineData("corei7_skylake_x", 1, "x2apic", true)]
    [InlineData("corei7_skylake_x", 2, "x2apic", true)]
    [InlineData("ryzen", 2, "", true)]
    [InlineData("athlon64_clawhammer", 1, "", false)]
    public void KernelComesToItsShellOn(string model, int processors, string options, bool guarded)
    {
        using BochsMachine machine = Start(
            model, processors, options, Module.Guest("alpha", Module.CloudKernel, $"256M vcpus={processors}", "serai.end=shell"));
        machine.Expect(Expected.Greeting);
        int from = machine.Now;
        machine.Type("echo $((6 * 7)) from the shell with $(grep -c ^processor /proc/cpuinfo)\r");
        machine.Expect(Expected.PrefixOf("alpha") + $"42 from the shell with {processors}", from);
        ExpectStories(machine, "processor");
        string[] lines = [.. machine.Lines().Select(line => line.Text)];
        string[] complaints = [.. lines.Where(text => Array.Exists(Expected.KernelComplaints, text.Contains))];
        Assert.True(complaints.Length == 0, string.Join('\n', complaints));
        Assert.Contains(lines, text => text.Contains($"processors: {processors} of {processors}", StringComparison.Ordinal));
        Assert.Equal(options == "x2apic", lines.Any(text => text.Contains("the local APICs are in x2APIC mode", StringComparison.Ordinal)));
        Assert.Equal(guarded, lines.Any(text => text.Contains(SmapBoot.Announced, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("core2_penryn_t9600")]
    [InlineData("corei7_haswell_4770")]
    [InlineData("zambezi")]
    public void StoriesEndWellOn(string model)
    {
        using BochsMachine machine = Start(model, 1, "", []);
        ExpectStories(machine, "processor");
    }

    // Here an iretq that a guest executes in ring 3 reads with the guest's rights, so nothing is left out as under QEMU (SmapTests).
    [Fact]
    public void AllStoriesEndWellWithTheWindowsClosed()
    {
        using var machine = new BochsMachine($"{nameof(BochsTests)}-smap", new BochsSettings
        {
            Model = "corei7_skylake_x",
            Modules = [.. MicroGuests.Folders.Select(folder => MicroGuests.Domain(folder, $"all-{folder}"))],
        });
        machine.Expect(SmapBoot.Announced);
        foreach (string folder in MicroGuests.Folders)
            ExpectStories(machine, folder);
    }

    private static long WorkBeside(string memory, int portion)
    {
        const string words = "(busy) work done: ";
        using var machine = new BochsMachine($"{nameof(BochsTests)}-dying-{memory}-{portion}", new BochsSettings
        {
            Model = "corei7_skylake_x",
            Processors = 2,
            Mebibytes = 1536,
            InstructionsPerSecond = 500_000_000,
            Modules =
            [
                $"../guests.elf domain=busy memory=4M -- guest=counted-work from={DyingFrom} to={DyingTo} portion={portion} calls=1",
                $"../guests.elf domain=dying memory={memory} -- guest=text-flood flood=0 to={DyingFrom}",
            ],
        });
        string line = machine.Expect(words).Text;
        return long.Parse(line[(line.IndexOf(words, StringComparison.Ordinal) + words.Length)..].Trim(), CultureInfo.InvariantCulture);
    }

    private const int DyingFrom = 1_500, DyingTo = 1_700;

    /// <summary>
    /// A domain of 1 GiB is taken apart, and its frames are cleared, by a processor that has nobody to run. The two processors take turns of a few
    /// instructions, as two of one speed do. A guest that makes a call at every thousand of its own, or at every ten thousand, has the lock when it
    /// wants it.
    /// </summary>
    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void ANeighbourDoesNotFeelTheDeathOfALargeDomain(int portion)
        => Assert.InRange((double)WorkBeside("1G", portion) / WorkBeside("4M", portion), 0.9, 1.01);

    private static BochsMachine Start(string model, int processors, string options, string[] guests) => new(
        $"{nameof(BochsTests)}-{model}-{processors}-{guests.Length}",
        new BochsSettings
        {
            Model = model,
            Processors = processors,
            Options = options,
            Modules = [.. guests, MicroGuests.Domain("processor", "all-processor")],
        });

    /// <summary>All stories of a folder, told in a domain of its name.</summary>
    private static void ExpectStories(BochsMachine machine, string folder)
    {
        string prefix = Expected.PrefixOf(folder);
        machine.Expect(prefix + Expected.EndOfStories);
        string[] lines = [.. machine.Lines().Select(line => line.Text.Trim())];
        string[] bad = [.. lines.Where(text => text.StartsWith(prefix + Expected.Fail, StringComparison.Ordinal))];
        Assert.True(bad.Length == 0, string.Join('\n', bad));
        foreach (string story in MicroGuests.NamesOf(folder))
            Assert.Contains(prefix + Expected.Pass(story), lines);
    }
}
