using System;
using System.Text;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Time;

/// <summary>The second processor's counter is some ticks behind the first one's: what one has noted lies ahead of the other's clock.</summary>
public sealed class ClocksApartTests
{
    private const ulong Millisecond = 1_000_000;

    private TinyGuest one = null!;

    public ClocksApartTests() => Start("");

    private void Start(string arguments)
    {
        TestMachine.Start(arguments: arguments);
        TestMachine.AddProcessors(1);
        TimeSource.Behind[1] = 40;
        TimeSource.Now += 3000 * Millisecond;
        one = new TinyGuest("one");
        Serial.Clear();
    }

    private static void On(uint number) => SimulatedProcessor.Number = number;

    private static void Print(TinyGuest guest, string text)
    {
        ref ConsoleRing ring = ref DirectMap.At<ConsoleRing>(guest.Domain.Console.Frame.Address);
        foreach (byte letter in Encoding.Latin1.GetBytes(text))
            ring.Out[(int)(ring.OutProducer++ % 2048)] = letter;
        HypervisorEnds.Send(ref guest.Domain, guest.Domain.Console.Port);
    }

    [Fact]
    public void NothingHasPassedSinceWhatIsAhead()
    {
        ulong now = SystemTime.Now;
        Assert.Equal(0ul, SystemTime.Since(now + 1));
        Assert.Equal(0ul, SystemTime.Since(ulong.MaxValue));
        Assert.Equal(now, SystemTime.Since(0));
        Assert.Equal(ulong.MaxValue, Duration.Between(0, ulong.MaxValue));
        Assert.Equal(0ul, Duration.Between(5, 5));
    }

    [Fact]
    public void APromptIsWaitedForByBoth()
    {
        Keyboard.Type(0x1d);
        Serial.Clear();
        Print(one, "~ # ");
        On(1);
        GuestConsole.ShowUnfinished();
        Assert.Equal("", Serial.Output);
        TimeSource.Now += 200 * Millisecond;
        GuestConsole.ShowUnfinished();
        Assert.Equal("(one) ~ # ", Serial.Output);
    }

    [Fact]
    public void ALineThatHasJustMovedIsNotStuck()
    {
        Serial.Write((byte)'x');
        Assert.False(TerminalLine.IsStuck);
        On(1);
        Assert.False(TerminalLine.IsStuck);
        TimeSource.Now += 1100 * Millisecond;
        Assert.True(TerminalLine.IsStuck);
    }

    [Fact]
    public void WhoDiesOnOneProcessorIsTakenApartOnTheOther()
    {
        Start("loglvl=info");
        ushort id = one.Id;
        Serial.Stall();
        Print(one, "the end");
        one.Enter();
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        _ = TerminalLine.IsStuck;
        On(1);
        Assert.True(GuestConsole.IsSpeaking(one.Domain));
        Serial.Move();
        GuestConsole.GoOn();
        for (int turn = 0; turn < 4000 && DomainTable.TryFind(id, out _); turn++)
        {
            On((uint)turn % 2);
            Teardown.Step(ref TestMachine.Processor);
        }
        Assert.False(DomainTable.TryFind(id, out _));
        Assert.Contains("tearing it down took 0 ns", Serial.Output);
    }

    [Fact]
    public void AKeyIsTypedToEitherProcessor()
    {
        Keyboard.Type((byte)'P');
        On(1);
        Keyboard.Type((byte)'y');
        Assert.Contains("nothing is done", Serial.Output);
        Keyboard.Type((byte)'r');
        Assert.Contains("system time ", Serial.Output);
    }

    [Theory]
    [InlineData(0ul, 0u)]
    [InlineData(0ul, 600_000_000u)]
    [InlineData(18_446_744_071_500_751_616ul, 600_000_000u)]
    [InlineData(ulong.MaxValue, 999_999_999u)]
    public void ABatteryClockThatIsDeadStopsNothing(ulong seconds, uint nanoseconds)
    {
        SystemTime.SetWallClock(seconds, nanoseconds, SystemTime.Now);
        Assert.InRange(SystemTime.WallClockAt(SystemTime.Now), SystemTime.Now, SystemTime.Now + 1_000_000_000);
    }

    [Fact]
    public void TheKeyboardsCountersGoRound()
    {
        var initial = new TinyGuest("zero", initial: true);
        (ConsoleState.Now.KeyboardFocusInputHead, ConsoleState.Now.KeyboardFocusInputTail) = (uint.MaxValue - 2, uint.MaxValue - 2);
        while (!KeyboardFocus.IsFor(ref initial.Domain))
            Keyboard.Type(0x1d);
        for (int count = 0; count < 300; count++)
            Keyboard.Type((byte)('a' + count % 26));
        for (int count = 0; count < 256; count++)
        {
            Assert.True(KeyboardFocus.TryTakeForInitialDomain(out byte letter));
            Assert.Equal((byte)('a' + count % 26), letter);
        }
        Assert.False(KeyboardFocus.TryTakeForInitialDomain(out _));
    }
}
