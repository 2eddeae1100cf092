using System;
using System.Linq;
using System.Text;

using Serai.Abi;
using Serai.Abi.Io;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Console;

/// <summary>The terminal line that the hypervisor and its guests share, and the keyboard that moves between them.</summary>
public sealed class ConsoleTests
{
    private const byte Chord = 0x1d;

    private readonly TinyGuest one;
    private readonly TinyGuest two;

    public ConsoleTests()
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

    private static string Take()
    {
        string output = Serial.Output;
        Serial.Clear();
        return output;
    }

    private static string Typed(TinyGuest guest)
    {
        ref ConsoleRing ring = ref RingOf(guest);
        var text = new StringBuilder();
        for (; ring.InConsumer != ring.InProducer; ring.InConsumer++)
            text.Append((char)ring.In[(int)(ring.InConsumer % 1024)]);
        return text.ToString();
    }

    [Fact]
    public void EveryLineBearsItsGuestsName()
    {
        Print(one, "hello\r\nagain\n\nx\n");
        Assert.Equal("(one) hello\r\n(one) again\r\n\r\n(one) x\r\n", Take());
        Assert.Equal(RingOf(one).OutProducer, RingOf(one).OutConsumer);
        Assert.True(EventChannels.IsPending(ref one.Domain, one.Domain.Console.Port));
    }

    [Fact]
    public void LinesOfSeveralComeOutWhole()
    {
        Print(one, "be");
        Print(two, "first\n");
        Print(one, "gun\n");
        Assert.Equal("(two) first\r\n(one) begun\r\n", Take());
    }

    [Fact]
    public void AVeryLongLineIsNotHeldForEver()
    {
        Print(one, new string('x', 700));
        Print(two, "y\n");
        string[] lines = Take().Split("\r\n");
        Assert.Equal(512, lines[0].Count(letter => letter == 'x'));
        Assert.Equal("(two) y", lines[1]);
    }

    [Fact]
    public void TheLastWordsOfADyingGuestAreShown()
    {
        Print(one, "unfinished");
        one.Enter();
        Crash.Domain(ref one.Vcpu, "a test"u8, 0x17);
        string output = Take();
        Assert.Contains("(one) unfinished\r\n", output);
        Assert.Contains("domain one, vCPU 0 dies: a test, 0x17", output);
    }

    [Theory]
    [InlineData(0u, uint.MaxValue)]
    [InlineData(0u, 2049u)]
    [InlineData(0u, 0x8000_0000u)]
    [InlineData(uint.MaxValue - 5, 3u)]
    [InlineData(7u, 6u)]
    public void IndexesThatMakeNoSenseHarmNobody(uint consumer, uint producer)
    {
        ref ConsoleRing ring = ref RingOf(one);
        (ring.OutConsumer, ring.OutProducer) = (consumer, producer);
        HypervisorEnds.Send(ref one.Domain, one.Domain.Console.Port);
        Assert.Equal(producer, ring.OutConsumer);
        Assert.True(Take().Length < 2400);
        (ring.InConsumer, ring.InProducer) = (consumer, producer);
        GuestConsole.Type(ref one.Domain, (byte)'a');
        Print(two, "fine\n");
        Assert.Contains("(two) fine\r\n", Take());
    }

    [Fact]
    public void TheChordMovesTheKeyboardOn()
    {
        Keyboard.Type(Chord);
        Keyboard.Type((byte)'a');
        Keyboard.Type(Chord);
        Keyboard.Type((byte)'b');
        Keyboard.Type(Chord);
        Keyboard.Type(Chord);
        Keyboard.Type((byte)'c');
        Assert.Equal(("ac", "b"), (Typed(one), Typed(two)));
        Assert.True(EventChannels.IsPending(ref one.Domain, one.Domain.Console.Port));
    }

    [Fact]
    public void WhatAFullRingHasNoRoomForIsLost()
    {
        Keyboard.Type(Chord);
        for (int index = 0; index < 1500; index++)
            Keyboard.Type((byte)('a' + index % 26));
        string typed = Typed(one);
        Assert.Equal(1024, typed.Length);
        Assert.Equal("abcdef", typed[..6]);
        Keyboard.Type((byte)'z');
        Assert.Equal("z", Typed(one));
    }

    [Fact]
    public void APromptIsShownOnceItsGuestSleepsOrStaysSilent()
    {
        Keyboard.Type(Chord);
        Take();
        Print(one, "~ # ");
        Assert.Equal("", Take());
        GuestConsole.ShowUnfinished();
        Assert.Equal("", Take());
        TimeSource.Now += 200_000_000;
        GuestConsole.ShowUnfinished();
        Assert.Equal("(one) ~ # ", Take());
        Print(one, "ls\n");
        Assert.Equal("ls\r\n", Take());
    }

    [Fact]
    public void TheHypervisorBreaksIntoAGuestsLine()
    {
        Keyboard.Type(Chord);
        Take();
        Print(one, "half");
        TimeSource.Now += 200_000_000;
        GuestConsole.ShowUnfinished();
        Log.Always().Text("a note"u8).End();
        Print(one, " more\n");
        Assert.Equal("(one) half\r\n(serai) a note\r\n(one)  more\r\n", Take());
    }

    [Fact]
    public void TheKeyboardOfADeadGuestFallsBack()
    {
        Keyboard.Type(Chord);
        one.Enter();
        DomainLife.ShutDown(ref one.Domain, ShutdownReason.PowerOff);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Take();
        Keyboard.Type((byte)'h');
        Assert.NotEmpty(Take());
        Assert.Equal("", Typed(two));
    }

    [Fact]
    public void TheKeyboardGoesStraightToTheHypervisorAndToADomain()
    {
        Keyboard.Type(Chord);
        Keyboard.Type(0x1e);
        Take();
        foreach (byte letter in Encoding.ASCII.GetBytes($"{two.Id}k"))
            Keyboard.Type(letter);
        Assert.Contains("the keyboard is now two's", Take());
        Keyboard.Type((byte)'x');
        Assert.Equal("x", Typed(two));
        Keyboard.Type(0x1e);
        foreach (byte letter in "99999k"u8)
            Keyboard.Type(letter);
        Assert.Contains("there is no domain", Take());
    }

    [Fact]
    public void TheCountOfDomainsSaysWhatTheyCost()
    {
        Keyboard.Type((byte)'n');
        string said = Take();
        Assert.Contains("2 domains, 2 alive, 0 have run", said);
        Assert.Contains("memory for a domain: 16 to 16 KiB, 32 KiB for all", said);
    }

    [Fact]
    public void EveryCommandOfTheHypervisorsConsoleAnswers()
    {
        one.Enter();
        foreach (byte key in "hdmfetqsriv?"u8)
        {
            if (key is not (byte)'r')
                Keyboard.Type(key);
        }
        Assert.Contains("one", Take());
    }

    [Fact]
    public void OnlyTheInitialDomainHasTheTerminalItself()
    {
        one.Enter();
        Assert.Equal(-(long)Errno.Perm, one.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, 3, TinyGuest.AddressOf(12)));
        TestMachine.Start();
        var initial = new TinyGuest("initial", initial: true);
        initial.Enter();
        TinyGuest.Store(TinyGuest.AddressOf(12), 0x0a6b6fu);
        Assert.Equal(0, initial.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, 3, TinyGuest.AddressOf(12)));
        Assert.EndsWith("ok\r\n", Take());
        Assert.Equal(-(long)Errno.Fault, initial.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, 3, Layout.Start));
        Keyboard.Type(Chord);
        Keyboard.Type((byte)'k');
        Assert.Equal(1, initial.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Read, 10, TinyGuest.AddressOf(12)));
        Assert.Equal((byte)'k', TinyGuest.Load<byte>(TinyGuest.AddressOf(12)));
    }
}
