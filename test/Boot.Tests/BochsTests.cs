using System;
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
    [InlineData("corei7_skylake_x", 1, "x2apic xpti=off", true, false)]
    [InlineData("corei7_skylake_x", 2, "x2apic", true, true)]
    [InlineData("ryzen", 2, "", true, false)]
    [InlineData("athlon64_clawhammer", 1, "", false, false)]
    public void KernelComesToItsShellOn(string model, int processors, string options, bool guarded, bool split)
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
        Assert.Equal(options.StartsWith("x2apic", StringComparison.Ordinal),
            lines.Any(text => text.Contains("the local APICs are in x2APIC mode", StringComparison.Ordinal)));
        Assert.Equal(guarded, lines.Any(text => text.Contains(SmapBoot.Announced, StringComparison.Ordinal)));
        Assert.Equal(split, lines.Any(text => text.EndsWith(SplitBoot.Announced, StringComparison.Ordinal)));
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
        using BochsMachine machine = Bochs.Start($"{nameof(BochsTests)}-smap", new MachineSettings
        {
            Cpu = "corei7_skylake_x",
            Memory = "512M",
            // Some stories leave addresses in entries that are not present.
            Options = "pv-l1tf=off",
            Modules = [.. MicroGuests.Folders.Select(folder => MicroGuests.Domain(folder, $"all-{folder}"))],
        });
        machine.Expect(SmapBoot.Announced);
        foreach (string folder in MicroGuests.Folders)
            ExpectStories(machine, folder);
    }

    private static BochsMachine Start(string model, int processors, string options, string[] guests) => Bochs.Start(
        $"{nameof(BochsTests)}-{model}-{processors}-{guests.Length}",
        new MachineSettings
        {
            Cpu = model,
            Memory = "512M",
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
