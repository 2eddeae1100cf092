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
    // The options are the hypervisor's: what it does only where it is told to is tried on a model that has it.
    [Theory]
    [InlineData("corei7_skylake_x", "x2apic")]
    [InlineData("ryzen", "")]
    [InlineData("athlon64_clawhammer", "")]
    public void Kernel_comes_to_its_shell_on(string model, string options)
    {
        using BochsMachine machine = Start(model, options, [.. Module.Guest("alpha", Module.CloudKernel, "256M", "serai.end=shell")]);
        if (options.Contains("x2apic", StringComparison.Ordinal))
            machine.Expect("the local APICs are in x2APIC mode");
        machine.Expect(Expected.Greeting);
        int from = machine.Now;
        machine.Type("echo $((6 * 7)) from the shell\r");
        machine.Expect(Expected.PrefixOf("alpha") + "42 from the shell", from);
        ExpectStories(machine);
        string[] complaints = [.. machine.Lines().Select(line => line.Text).Where(text => Array.Exists(Expected.KernelComplaints, text.Contains))];
        Assert.True(complaints.Length == 0, string.Join('\n', complaints));
    }

    [Theory]
    [InlineData("core2_penryn_t9600")]
    [InlineData("corei7_skylake_x")]
    [InlineData("corei7_haswell_4770")]
    [InlineData("zambezi")]
    public void Stories_end_well_on(string model)
    {
        using BochsMachine machine = Start(model, "", []);
        ExpectStories(machine);
    }

    private static BochsMachine Start(string model, string options, string[] guests) =>
        new($"{nameof(BochsTests)}-{model}-{guests.Length}", model, options, [.. guests, MicroGuests.Domain("stories", "all-processor")]);

    private static void ExpectStories(BochsMachine machine)
    {
        string prefix = Expected.PrefixOf("stories");
        machine.Expect(prefix + Expected.EndOfStories);
        string[] lines = [.. machine.Lines().Select(line => line.Text.Trim())];
        string[] bad = [.. lines.Where(text => text.StartsWith(prefix + Expected.Fail, StringComparison.Ordinal))];
        Assert.True(bad.Length == 0, string.Join('\n', bad));
        foreach (string story in MicroGuests.NamesOf("processor"))
            Assert.Contains(prefix + Expected.Pass(story), lines);
    }
}
