using System;
using System.Linq;
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
using Serai.Machine.Processor;

using Xunit;

namespace Serai.Hypervisor.Tests.Output;

/// <summary>A terminal line that is slower than what is written, or stands still: nobody waits for it with the lock held.</summary>
public sealed class SlowLineTests
{
    private const int Buffer = 12;
    private const ulong Second = 1_000_000_000;

    private TinyGuest one;
    private TinyGuest two;

    public SlowLineTests()
    {
        TestMachine.Start();
        one = new TinyGuest("one");
        two = new TinyGuest("two");
        Serial.Clear();
    }

    private static ref ConsoleRing RingOf(TinyGuest guest) => ref DirectMap.At<ConsoleRing>(guest.Domain.Console.Frame.Address);

    private static void Print(TinyGuest guest, string text)
    {
        ref ConsoleRing ring = ref RingOf(guest);
        foreach (byte letter in Encoding.Latin1.GetBytes(text))
            ring.Out[(int)(ring.OutProducer++ % 2048)] = letter;
        Preemption.Begin();
        HypervisorEnds.Send(ref guest.Domain, guest.Domain.Console.Port);
    }

    private static int Lines(string text) => Serial.Output.Split(text).Length - 1;

    private static bool Step()
    {
        ref ProcessorState processor = ref TestMachine.Processor;
        processor.Work = ProcessorWork.None;
        Teardown.Step(ref processor);
        return (processor.Work & ProcessorWork.Teardown) != 0;
    }

    private static void FinishTeardown()
    {
        while (Step())
        {
        }
    }

    [Fact]
    public void WhatTheLineHasNoRoomForStaysInTheRing()
    {
        Serial.Stall();
        Print(one, "held back\n");
        Assert.DoesNotContain("held back", Serial.Output);
        Assert.Equal(0u, RingOf(one).OutConsumer);
        Assert.False(Keyboard.Read());
        Assert.DoesNotContain("held back", Serial.Output);
        Serial.Move();
        Assert.False(Keyboard.Read());
        Assert.Contains("(one) held back\r\n", Serial.Output);
        Assert.Equal(RingOf(one).OutProducer, RingOf(one).OutConsumer);
        Assert.False(GuestConsole.IsHeldBack);
    }

    [Fact]
    public void WhoWasHeldBackGoesOnInTurn()
    {
        Serial.Stall();
        Print(two, "second\n");
        Print(one, "first\n");
        Serial.Move();
        GuestConsole.GoOn();
        Assert.Contains("(one) first\r\n", Serial.Output);
        Assert.Contains("(two) second\r\n", Serial.Output);
    }

    [Fact]
    public void WhereGuestsWaitThereIsRoomForLastWordsAndTheReport()
    {
        Serial.Stall(5119);
        Print(one, new string('x', 2000) + "the end");
        Assert.DoesNotContain("x", Serial.Output);
        one.Enter();
        Crash.Domain(ref one.Vcpu, "a test"u8, 0);
        Assert.Contains("the end", Serial.Output);
        Assert.Contains("domain one, vCPU 0 dies", Serial.Output);
        Assert.Contains("domain one: has crashed", Serial.Output);
    }

    [Fact]
    public void LastWordsThatFindNoRoomAreSaidOnceTheLineMoves()
    {
        Serial.Stall();
        Print(one, "the end");
        one.Enter();
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        for (int turn = 0; turn < 100; turn++)
            Assert.True(Step());
        Assert.Equal(TeardownPhase.Events, one.Domain.Teardown.Phase);
        Serial.Move();
        GuestConsole.GoOn();
        FinishTeardown();
        Assert.Contains("(one) the end", Serial.Output);
        Assert.Contains("domain one: gone", Serial.Output);
    }

    [Fact]
    public void WhoStillSpeaksKeepsNoOtherFromBeingTakenApart()
    {
        Serial.Stall();
        Print(one, "the end");
        one.Enter();
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        two.Enter();
        DomainLife.ShutDown(ref two.Domain, ShutdownReason.PowerOff);
        ushort id = two.Id;
        for (int turn = 0; turn < 100; turn++)
            Assert.True(Step());
        Assert.False(DomainTable.TryFind(id, out _));
        Assert.Equal(TeardownPhase.Events, one.Domain.Teardown.Phase);
    }

    [Fact]
    public void NobodyWaitsForALineThatDoesNotMove()
    {
        Serial.Stall();
        Print(one, "the end");
        one.Enter();
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        ushort id = one.Id;
        Assert.True(Step());
        TimeSource.Now += 2 * Second;
        FinishTeardown();
        Assert.False(DomainTable.TryFind(id, out _));
    }

    [Fact]
    public void AnAccompliceKeepsNoDeadDomainSpeaking()
    {
        Print(one, "x");
        one.Enter();
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        ushort id = one.Id;
        bool waits = true;
        for (int second = 0; second < 40 && waits; second++)
        {
            Serial.Move();
            Serial.Write((byte)'.');
            Serial.Stall();
            RingOf(one).OutProducer += 100;
            GuestConsole.Drain(ref one.Domain);
            TimeSource.Now += Second;
            waits = Step();
            waits = one.Domain.Teardown.Phase == TeardownPhase.Events && waits;
            Assert.Equal(second < 29, waits);
        }
        FinishTeardown();
        Assert.False(DomainTable.TryFind(id, out _));
    }

    [Fact]
    public void LinesOfTheHypervisorsThatFindNoRoomAreCounted()
    {
        Serial.Stall(300);
        for (int line = 0; line < 100; line++)
            Log.Always().Text("a guest did that"u8).End();
        int written = Lines("a guest did that");
        Assert.InRange(written, 1, 12);
        Serial.Move();
        Assert.False(Keyboard.Read());
        Assert.Contains($"(serai) {100 - written} lines were lost here", Serial.Output);
        GuestConsole.GoOn();
        Assert.Equal(1, Lines("lines were lost here"));
    }

    [Fact]
    public void WhatAGuestDidWrongIsToldTenTimesASecond()
    {
        for (int line = 0; line < 1000; line++)
            Log.GuestWarning().Text("a guest did that"u8).End();
        Assert.Equal(10, Lines("a guest did that"));
        TimeSource.Now += Second;
        Log.GuestWarning().Text("a guest did that"u8).End();
        Assert.Equal(11, Lines("a guest did that"));
    }

    [Theory]
    [InlineData('q')]
    [InlineData('m')]
    [InlineData('e')]
    [InlineData('t')]
    public void AReportGoesOnAsThereIsRoomAndLosesNoLine(char key)
    {
        for (int index = 0; index < 30; index++)
            _ = new TinyGuest($"more{index}", frames: 12);
        Serial.Stall(5120 + 50);
        Keyboard.Type((byte)key);
        int steps = 0;
        for (; Reports.AreWaiting && steps < 1000; steps++)
        {
            Serial.Stall(5120 + 50);
            Reports.Step();
        }
        Assert.InRange(steps, 10, 40);
        Assert.Contains("more29: ", Serial.Output);
        Assert.DoesNotContain("were lost", Serial.Output);
    }

    [Fact]
    public void AReportDoesNotWaitForALineThatStandsStill()
    {
        Serial.Stall();
        Keyboard.Type((byte)'q');
        Assert.True(Reports.AreWaiting);
        TimeSource.Now += 2 * Second;
        Reports.Step();
        Assert.False(Reports.AreWaiting);
    }

    [Fact]
    public void AtTheEndOfTheMachineEveryLineIsWaitedFor()
    {
        Serial.Stall();
        Serial.Waits = true;
        Log.Always().Text("PANIC"u8).End();
        Assert.Contains("PANIC", Serial.Output);
    }

    // Serial.Waits is the machine's: what a panic in one test made of it must not last into the next.
    [Fact]
    public void AMachineThatComesUpAfterAPanicWaitsForNoLine()
    {
        Serial.Waits = true;
        TestMachine.Start();
        one = new TinyGuest("one");
        Serial.Clear();
        WhatTheLineHasNoRoomForStaysInTheRing();
    }

    private TinyGuest StartInitial()
    {
        TestMachine.Start();
        one = two = new TinyGuest("initial", initial: true);
        one.Enter();
        for (ulong index = 0; index < 600; index++)
            TinyGuest.Store(TinyGuest.AddressOf(Buffer) + index, (byte)('a' + index % 26));
        TinyGuest.Store(TinyGuest.AddressOf(Buffer) + 599, (byte)'\n');
        return one;
    }

    private static long Write(TinyGuest guest, ulong bytes) =>
        guest.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, bytes, TinyGuest.AddressOf(Buffer));

    [Fact]
    public void TheInitialDomainGoesOnWhereThereIsRoom()
    {
        TinyGuest initial = StartInitial();
        int stops = 0;
        Serial.Stall(5120 + 300);
        TinyGuest.WhileStopped = () =>
        {
            Assert.True(initial.Vcpu.Turn.HasYielded);
            if (++stops % 3 == 0)
                Serial.Stall(5120 + 10);
        };
        Assert.Equal(0, Write(initial, 600));
        TinyGuest.WhileStopped = null;
        Assert.True(stops > 0);
        string text = string.Concat(Enumerable.Range(0, 599).Select(index => (char)('a' + index % 26)));
        Assert.Equal(text + "\r\n", Serial.Output);
    }

    [Fact]
    public void TheInitialDomainDoesNotWaitForALineThatStandsStill()
    {
        TinyGuest initial = StartInitial();
        Serial.Stall();
        int stops = 0;
        TinyGuest.WhileStopped = () =>
        {
            stops++;
            TimeSource.Now += Second / 10;
        };
        Assert.Equal(0, Write(initial, 600));
        Assert.InRange(stops, 5, 20);
        stops = 0;
        Assert.Equal(0, Write(initial, 600));
        Assert.Equal(0, stops);
        TinyGuest.WhileStopped = null;
        Serial.Move();
        Assert.Equal(0, Write(initial, 600));
        Assert.Contains("abc", Serial.Output);
    }
}
