using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>Debian's two kernels on two processors, in tables that are split because the command line says so.</summary>
public sealed class SplitBoot : IDisposable
{
    /// <summary>What the line about speculation ends with.</summary>
    public const string Announced = "; tables are split";

    /// <summary>Boots.</summary>
    public SplitBoot() => Machine = new RunningMachine(nameof(SplitTests), new MachineSettings
    {
        Options = "xpti=on",
        Processors = 2,
        Devices = Monitor.Devices,
        Modules =
        [
            .. Module.Guest("alpha", Module.Kernel, "256M vcpus=2", "serai.test=all serai.end=shell"),
            .. Module.Guest("beta", Module.CloudKernel, "256M", "serai.test=all serai.end=shell"),
        ],
    }, Patience.Guests);

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <summary>QEMU's console.</summary>
    public Monitor Monitor { get; } = new("split");

    /// <inheritdoc/>
    public void Dispose()
    {
        Machine.Dispose();
        Monitor.Dispose();
    }
}

/// <summary>Split tables: guests live as they do without, and what is loaded while they run maps next to nothing of the hypervisor.</summary>
public sealed partial class SplitTests(SplitBoot boot) : IClassFixture<SplitBoot>
{
    private const ulong Hypervisor = 0xffff_8000_0000_0000, HypervisorEnd = 0xffff_8800_0000_0000, NumbersEnd = 0xffff_8040_0000_0000;
    private const ulong Windows = 0xffff_8200_0000_0000, WindowBytes = 1 << 21, WindowPages = 97, Page = 4096;

    private readonly ulong _code = ImageSymbols.AddressOf("entry_start"), _codeEnd = ImageSymbols.AddressOf("entry_end"),
        _panicking = ImageSymbols.AddressOf("panicking_processor"), _ownPage = ImageSymbols.AddressOf("entry_page"),
        _infoPage = ImageSymbols.AddressOf("entry_info");

    [GeneratedRegex("^([0-9a-f]{16})-([0-9a-f]{16}) [0-9a-f]{16} ([u-][r-][w-])", RegexOptions.Multiline)]
    private static partial Regex RangeOfPages();

    [Theory]
    [InlineData("alpha")]
    [InlineData("beta")]
    public void AGuestPassesItsChecks(string name)
    {
        var guest = new Guest(boot.Machine, name);
        guest.Expect("SELFTEST DONE");
        guest.ExpectNoComplaint();
        boot.Machine.Expect(SplitBoot.Announced);
        Assert.DoesNotContain(boot.Machine.Lines(), line => line.Text.Contains($"({name}) TEST", StringComparison.Ordinal)
            && !line.Text.Contains(": ok", StringComparison.Ordinal));
    }

    /// <summary>
    /// A guest that makes processes without end is stopped again and again, until it has been found in its kernel and in an application on some
    /// processor. Each time all that is mapped is looked at, by the tables in the processor's CR3.
    /// </summary>
    [Fact]
    public void WhatIsLoadedWhileAGuestRunsMapsNothingElse()
    {
        const int most = 2000;
        var guest = new Guest(boot.Machine, "alpha");
        guest.Expect("SELFTEST DONE");
        guest.Ask("(while :; do true | true; done) & echo busy: $((6 * 7))", "busy: 42");
        bool kernel = false, application = false;
        for (int sample = 0; sample < most && !(kernel && application); sample++)
        {
            boot.Monitor.Ask("stop");
            for (int processor = 0; processor < 2; processor++)
            {
                boot.Monitor.Ask($"cpu {processor}");
                if (!boot.Monitor.Ask("info registers").Contains("CPL=3", StringComparison.Ordinal))
                    continue;
                bool shows = CheckMapped(processor);
                kernel |= shows;
                application |= !shows;
            }
            boot.Monitor.Ask("cont");
            System.Threading.Thread.Sleep(20);
        }
        guest.Ask("kill %1; echo calm: $((6 * 7))", "calm: 42");
        Assert.True(kernel && application, $"the kernel was found: {kernel}, an application: {application}");
    }

    /// <summary>Looks at all that a processor has mapped; returns whether the page of the VcpuInfo is there, as it is for kernels only.</summary>
    private bool CheckMapped(int processor)
    {
        (ulong Start, ulong End)[] allowed =
        [
            (Windows + (ulong)processor * WindowBytes, Windows + (ulong)processor * WindowBytes + WindowPages * Page),
            (_code, _codeEnd),
            (_panicking, _panicking + Page),
            (_ownPage, _infoPage + Page),
        ];
        List<(ulong Start, ulong End)> found = [];
        foreach (Match match in RangeOfPages().Matches(boot.Monitor.Ask("info mem").Replace("\r", "", StringComparison.Ordinal)))
        {
            (ulong start, ulong end) = (Number(match.Groups[1]), Number(match.Groups[2]));
            if (end <= Hypervisor || start >= HypervisorEnd)
                continue;
            if (start < NumbersEnd)
            {
                Assert.Equal("ur-", match.Groups[3].Value);
                continue;
            }
            Assert.StartsWith("-", match.Groups[3].Value);
            Assert.True(allowed.Any(place => start >= place.Start && end <= place.End), $"{start:x}-{end:x} is mapped on processor {processor}");
            found.Add((start, end));
        }
        Assert.Contains(found, place => place.Start <= _ownPage && place.End > _ownPage);
        return found.Any(place => place.Start <= _infoPage && place.End > _infoPage);
    }

    private static ulong Number(Group digits) => ulong.Parse(digits.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

/// <summary>All stories once more in tables that are split, in unprivileged domains on one processor.</summary>
public sealed class SplitStoriesBoot : IDisposable
{
    /// <summary>Boots.</summary>
    public SplitStoriesBoot() => Machine = new RunningMachine("guests-split", new MachineSettings
    {
        Cpu = "max,vendor=GenuineIntel,-smap",
        Memory = "512M",
        CountsInstructions = true,
        // Some stories leave addresses in entries that are not present.
        Options = "pv-l1tf=off",
        Modules = [.. MicroGuests.Folders.Select(folder => MicroGuests.Domain(folder, $"all-{folder}"))],
    }, Patience.Hypervisor);

    /// <summary>The machine.</summary>
    public RunningMachine Machine { get; }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();
}

/// <summary>The stories, on a processor of Intel's that does not deny Meltdown: nobody asks for the split.</summary>
public sealed class SplitStoriesTests(SplitStoriesBoot boot) : IClassFixture<SplitStoriesBoot>
{
    /// <summary>All stories of a life that goes on.</summary>
    public static TheoryData<string, string> Stories() => MicroGuests.Stories(MicroGuests.Folders);

    [Theory]
    [MemberData(nameof(Stories))]
    public void StoryEndsWell(string folder, string story)
    {
        boot.Machine.Expect(SplitBoot.Announced);
        MicroGuests.ExpectPass(boot.Machine, Expected.PrefixOf(folder), story);
    }

    [Fact]
    public void TheOptionLeavesItAsItIs()
    {
        using var machine = new RunningMachine($"{nameof(SplitTests)}-off", new MachineSettings
        {
            Cpu = "max,vendor=GenuineIntel,-smap",
            Options = "xpti=off",
        }, Patience.Hypervisor);
        machine.Expect("; tables are not split");
        machine.Expect(Expected.NothingToRun);
    }
}
