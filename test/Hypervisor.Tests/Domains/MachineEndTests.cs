using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>The end of the initial domain is the machine's.</summary>
public sealed class MachineEndTests
{
    private const string Waits = "the machine restarts in five seconds", Halts = "the machine is halted";

    [Theory]
    [InlineData("", ShutdownReason.PowerOff, Act.PowerOff, false)]
    [InlineData("", ShutdownReason.Suspend, Act.PowerOff, false)]
    [InlineData("", ShutdownReason.Reboot, Act.Reset, false)]
    [InlineData("", ShutdownReason.SoftReset, Act.Reset, false)]
    [InlineData("", ShutdownReason.Crash, Act.Reset, true)]
    [InlineData("", ShutdownReason.Watchdog, Act.Reset, true)]
    [InlineData("noreboot", ShutdownReason.PowerOff, Act.PowerOff, false)]
    [InlineData("noreboot", ShutdownReason.Reboot, Act.Reset, false)]
    public void TheMachineFollows(string options, ShutdownReason reason, Act act, bool waits)
    {
        End(options, reason);
        Assert.Equal([act], Ends());
        Assert.Equal(waits, Serial.Output.Contains(Waits));
    }

    [Theory]
    [InlineData(ShutdownReason.Crash)]
    [InlineData(ShutdownReason.Watchdog)]
    public void WhatNobodyAskedForIsLeftToBeRead(ShutdownReason reason)
    {
        End("noreboot", reason);
        Assert.Empty(Ends());
        Assert.DoesNotContain(Waits, Serial.Output);
        Assert.Contains(Halts, Serial.Output);
    }

    /// <summary>A fault on the way to the restart does not begin it anew, the next resets the machine without a word, then all ends.</summary>
    [Fact]
    public void AFaultMeanwhileIsNotWaitedFor()
    {
        TestMachine.Start();
        Journal.Clear();
        Serial.Clear();
        Assert.Throws<MachineHalted>(MachineEnd.RestartAfterFault);
        Assert.Contains(Waits, Serial.Output);
        Serial.Clear();
        Assert.Throws<MachineHalted>(MachineEnd.RestartAfterFault);
        Assert.DoesNotContain(Waits, Serial.Output);
        Assert.Equal([Act.Reset, Act.Reset], Ends());
        Serial.Clear();
        for (int more = 0; more < 3; more++)
            Assert.Throws<MachineHalted>(MachineEnd.RestartAfterFault);
        Assert.Equal("", Serial.Output);
        Assert.Equal([Act.Reset, Act.Reset, Act.Reset], Ends());
    }

    [Fact]
    public void TheOthersEndWithALineEach()
    {
        TestMachine.Start();
        var initial = new TinyGuest("Domain-0", initial: true);
        var one = new TinyGuest("one");
        var two = new TinyGuest("two");
        var gone = new TinyGuest("gone");
        gone.Domain.Keeper = DomainKeeper.Maker;
        Assert.Equal(Errno.None, DomainLife.ShutDown(ref gone.Domain, ShutdownReason.PowerOff));
        Serial.Clear();
        Assert.Throws<MachineHalted>(() => DomainLife.ShutDown(ref initial.Domain, ShutdownReason.PowerOff));
        Assert.True(one.IsAlive && two.IsAlive);
        string[] lines = [.. Serial.Output.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line != "")];
        Assert.Equal(
            ["(serai) domain Domain-0: has powered off", "(serai) domain one: ends with the machine", "(serai) domain two: ends with the machine",
                "(serai) power off", "(serai) the machine is halted"], lines);
        Assert.True(ApplicationProcessors.AreStopped);
    }

    private static void End(string options, ShutdownReason reason)
    {
        TestMachine.Start(arguments: options);
        var initial = new TinyGuest("Domain-0", initial: true);
        Journal.Clear();
        Assert.Throws<MachineHalted>(() => DomainLife.ShutDown(ref initial.Domain, reason));
    }

    private static Act[] Ends() => [.. Journal.Entries.Select(entry => entry.Act).Where(act => act is Act.PowerOff or Act.Reset)];
}
