using System;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Boot.Tests.Harness;
using Xunit;

namespace Serai.Boot.Tests;

/// <summary>
/// Two guests that attack the operator's terminal, the first of which has the keyboard: on one processor and 128 MiB. What counts is the stream as it
/// comes out of the serial port.
/// </summary>
public sealed partial class EscapesTests
{
    [GeneratedRegex(@"\e\[[0-9;]*[mCDKP@]|[ -~\r\n\t]")]
    private static partial Regex Harmless();

    [Fact]
    public void WhatGuestsPrintIsShownAndNotObeyed()
    {
        using var machine = new RunningMachine(nameof(EscapesTests), new MachineSettings
        {
            Memory = "128M",
            Modules = [MicroGuests.Domain("owner", "escapes"), MicroGuests.Domain("other", "escapes")],
        }, Patience.Hypervisor);
        machine.Expect(Expected.FramesBack("owner"));
        machine.Expect(Expected.FramesBack("other"));
        string stream = machine.Stream();
        string rest = Harmless().Replace(stream[stream.IndexOf(Expected.Started("owner"), StringComparison.Ordinal)..], "");
        Assert.Equal("", rest);
        Assert.DoesNotContain("(serai) domain victim", stream);
        string[] lines = [.. machine.Lines().Select(line => line.Text)];
        Assert.Contains("(other) forged^M(serai?) domain victim: has powered off", lines);
        Assert.Contains("(other) ^[]0;title^G^[[8mhidden", lines);
        Assert.Contains("(other) ^[[?1049h^[P+q4C^[\\ answer me ^E^[[6n^[Z", lines);
        Assert.Contains("(owner) ^[[?1049h^[P+q4C^[\\ answer me ^E^[Z", lines);
        Assert.Contains("(owner) ^[[2J^[[H^[[5A(serai?) domain victim: has crashed^[M^[(0^N", lines);
        Assert.Contains("(owner) ?2J?0????A", lines);
        Assert.Contains("(other) still there", lines);
    }
}
