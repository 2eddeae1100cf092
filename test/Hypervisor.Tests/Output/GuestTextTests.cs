using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using FsCheck;
using FsCheck.Fluent;

using Serai.Abi.Io;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Output;

/// <summary>What guests' bytes may do to the operator's terminal.</summary>
public sealed class GuestTextTests
{
    private const byte Chord = 0x1d;

    private TinyGuest one = null!;
    private TinyGuest two = null!;

    public GuestTextTests() => Start();

    private void Start()
    {
        TestMachine.Start();
        one = new TinyGuest("one");
        two = new TinyGuest("two");
        Serial.Clear();
    }

    private static void Print(TinyGuest guest, string text)
    {
        ref ConsoleRing ring = ref DirectMap.At<ConsoleRing>(guest.Domain.Console.Frame.Address);
        foreach (byte letter in Encoding.Latin1.GetBytes(text))
            ring.Out[(int)(ring.OutProducer++ % 2048)] = letter;
        HypervisorEnds.Send(ref guest.Domain, guest.Domain.Console.Port);
    }

    private static string Take()
    {
        string output = Serial.Output;
        Serial.Clear();
        return output;
    }

    /// <summary>Gives the keyboard to the first guest; the third of the properties' sources has it then, or not.</summary>
    private static void GiveKeyboard()
    {
        Keyboard.Type(Chord);
        Take();
    }

    private static string Shown(string stream, int width = 80)
    {
        var terminal = new TerminalModel(width);
        terminal.Show(stream);
        Assert.Empty(terminal.Strangers);
        return string.Join('\n', terminal.Rows).TrimEnd('\n');
    }

    // The reproduction that the rule was made for.
    [Theory]
    [InlineData("x\r(serai) domain victim: has powered off\n", "(one) x^M(serai?) domain victim: has powered off")]
    [InlineData("\e]0;title\a\e[8mhidden\n", "(one) ^[]0;title^G^[[8mhidden")]
    [InlineData("\e[?1049h\eP+q4C\e\\ answer me \u0005\n", "(one) ^[[?1049h^[P+q4C^[\\ answer me ^E")]
    [InlineData("\u009b2J\u0090\u00e4\u00c2\u009b\n", "(one) ?2J????")]
    [InlineData("\0\0a\0b\u007f\b\n", "(one) ab^?^H")]
    [InlineData("one\ttwo\r\r\nthree\n", "(one) one\ttwo\r\n(one) three")]
    public void WithoutTheKeyboardOnlyTextPasses(string text, string expected)
    {
        Print(one, text);
        Assert.Equal(expected + "\r\n", Take());
    }

    [Fact]
    public void ACarriageReturnAndItsNewlineMayComeApart()
    {
        Print(one, new string('x', 255) + "\r");
        Print(one, "\nnext\n");
        Assert.Equal("(one) " + new string('x', 255) + "\r\n(one) next\r\n", Take());
    }

    // What busybox' ash and GNU readline send for keys in a line.
    [Theory]
    [InlineData("# lx\b\e[Js\n", "(one) # ls")]
    [InlineData("# echo bc\b\babc\b\b\n", "(one) # echo abc")]
    [InlineData("# echo abcdef\e[6DX\e[C\e[CY\n", "(one) # echo XbcYef")]
    [InlineData("# abc\b\b\e[P\n", "(one) # ac")]
    [InlineData("# abc\b\b\e[1@X\n", "(one) # aXbc")]
    [InlineData("# long\r# \e[Kx\n", "(one) # x")]
    [InlineData("10%\r20%\r\e[2Kdone\n", "(one) done")]
    [InlineData("\a\a# \b\b\b\b\b\b\b\b\b\b$\n", "(one) $")]
    [InlineData("\e[6n# \e[6nls\n", "(one) # ls")]
    [InlineData("# ls\r\n\e[1;34mbin\e[m  \e[0;32minit\e[0m\n", "(one) # ls\n(one) bin  init")]
    public void WhoHasTheKeyboardEditsItsLine(string text, string expected)
    {
        GiveKeyboard();
        Print(one, text);
        Assert.Equal(expected, Shown(Take()));
    }

    [Fact]
    public void NoMovementReachesTheName()
    {
        GiveKeyboard();
        Print(one, "ab\r\b\b\b\b\e[9D\e[999D(serai) x\n");
        Assert.Equal("(one) (serai?) x", Shown(Take()));
        Print(one, "ab\e[9D(serai) y\n");
        Assert.Equal("(one) (serai?) y", Shown(Take()));
    }

    [Fact]
    public void InALineThatMayHaveBeenWrappedAReturnBeginsAnother()
    {
        GiveKeyboard();
        Print(one, new string('x', 74) + "y\r(serai) a\n");
        Assert.Equal("(one) " + new string('x', 74) + "\ny\n(one) (serai?) a", Shown(Take()));
        Print(one, new string('x', 74) + "(serai) b\b\b\bc\n");
        Assert.Equal("(one) " + new string('x', 74) + "\n(serai?) b\n(one) c", Shown(Take()));
    }

    [Fact]
    public void AWrappedRowIsNotTheHypervisors()
    {
        Print(one, new string('x', 74) + "(serai) domain two: gone\n");
        Assert.Equal("(one) " + new string('x', 74) + "\n(serai?) domain two: gone", Shown(Take()));
    }

    // Letters that follow a colour are the same text to the eye.
    [Fact]
    public void ColoursDoNotHideTheWord()
    {
        GiveKeyboard();
        Print(one, new string('x', 74) + "(ser\e[1mai) gone\n");
        Assert.Contains("\n(serai?) gone", Shown(Take()));
    }

    [Theory]
    [InlineData("\e[2J", "^[[2J")]
    [InlineData("\e[H", "^[[H")]
    [InlineData("\e[A", "^[[A")]
    [InlineData("\e[?25l", "^[[?25l")]
    [InlineData("\e[1K", "^[[1K")]
    [InlineData("\e[1;2K", "^[[1;2K")]
    [InlineData("\e[38:2:1m", "^[[38:2:1m")]
    [InlineData("\e[ m", "^[[ m")]
    [InlineData("\e[1\e[1m", "^[[1")]
    [InlineData("\ec", "^[c")]
    [InlineData("\e(0", "^[(0")]
    [InlineData("\u000e\u0005\u007f", "^N^E^?")]
    [InlineData("\u009b1m", "?1m")]
    public void WhatDoesNotStayInTheLineIsShownAsWhatItIs(string text, string expected)
    {
        GiveKeyboard();
        Print(one, $"a{text}b\n");
        Assert.Equal($"(one) a{expected}b", Shown(Take()));
    }

    [Fact]
    public void ASequenceLongerThanAnyIsShown()
    {
        GiveKeyboard();
        Print(one, "\e[" + new string('1', 60) + "m\n");
        Assert.Equal("(one) ^[[" + new string('1', 60) + "m", Shown(Take(), 100));
    }

    [Fact]
    public void ColoursEndWithTheLineAndWithTheSource()
    {
        GiveKeyboard();
        Print(one, "\e[8mhidden\n");
        Assert.Equal("(one) \e[8mhidden\e[m\r\n", Take());
        Print(one, "\e[31mhalf");
        TimeSource.Now += 200_000_000;
        GuestConsole.ShowUnfinished();
        Assert.Equal("(one) \e[31mhalf", Take());
        Log.Always().Text("a note"u8).End();
        Assert.Equal("\e[m\r\n(serai) a note\r\n", Take());
    }

    [Fact]
    public void ASequenceDoesNotGoOnInAnothersLine()
    {
        GiveKeyboard();
        Print(one, "half\e[3");
        TimeSource.Now += 200_000_000;
        GuestConsole.ShowUnfinished();
        Print(two, "1mred\n");
        Print(one, "1m\n");
        Assert.Equal("(one) half\n(two) 1mred\n(one) 1m", Shown(Take()));
    }

    [Fact]
    public void WhoLosesTheKeyboardLosesTheRest()
    {
        GiveKeyboard();
        Print(one, "half\e[3");
        TimeSource.Now += 200_000_000;
        GuestConsole.ShowUnfinished();
        Keyboard.Type(Chord);
        Take();
        Print(one, "1m\b\n");
        Assert.Equal("(one) 1m^H", Shown(Take()));
    }

    [Fact]
    public void WhatTheInitialDomainWroteWithoutTheKeyboardStaysTextWhenItGetsIt()
    {
        var initial = new TinyGuest("zero", initial: true);
        GuestConsole.Write(ref initial.Domain, "a\e[2J\u0005"u8);
        while (!KeyboardFocus.IsFor(ref initial.Domain))
            Keyboard.Type(Chord);
        Assert.EndsWith("\r\na^[[2J^E", Take());
    }

    [Fact]
    public void TheInitialDomainHasTheTerminalWhileItHasTheKeyboard()
    {
        var initial = new TinyGuest("zero", initial: true);
        while (!KeyboardFocus.IsFor(ref initial.Domain))
            Keyboard.Type(Chord);
        Take();
        byte[] screen = Encoding.Latin1.GetBytes("\e[?1049h\e[2J\e]0;title\a\u00c3\u00a4\u009b1m\n");
        GuestConsole.Write(ref initial.Domain, screen);
        Assert.Equal(Encoding.Latin1.GetString(screen[..^1]) + "\r\n", Take());
        Print(one, "x\n");
        Assert.Matches("^\u0018\e\\\\[^x]*\e\\[\\?1047l[^x]*\e\\[m\\(one\\) x\r\n$", Take());
        GuestConsole.Write(ref initial.Domain, "plain\tand\b\b\r\n"u8);
        Take();
        Print(one, "x\n");
        Assert.Equal("(one) x\r\n", Take());
    }

    [Fact]
    public void NoLineGoesOnForEver()
    {
        for (int turn = 0; turn < 20; turn++)
            Print(one, new string('x', 1000));
        Assert.All(Take().Split("\r\n"), line => Assert.InRange(line.Length, 0, 4096 + "(one) ".Length));
    }

    [Fact]
    public void TheScreenShowsTheSame()
    {
        TestMachine.Start(arguments: "console=com1,vga");
        one = new TinyGuest("one");
        GiveKeyboard();
        Print(one, "\t# echo abcdef\b\b\e[2DX\e[C\e[CY\e[K\r\e[3C!\n\n");
        Screen.ShowAll();
        const ulong nextToLast = 0xb8000 + 2 * 80 * 22;
        string row = string.Concat(Enumerable.Range(0, 80).Select(place => (char)DirectMap.At<byte>(new(nextToLast + (ulong)place * 2))));
        Assert.Equal(Shown(Take()), row.TrimEnd());
        Assert.Equal("(one)   #!echo abXdeY", row.TrimEnd());
    }

    /// <summary>A step to the right at the line's end moves nothing, so it is no gap in a name that is written around it.</summary>
    [Fact]
    public void AStepThatMovesNothingForgesNoName()
    {
        GiveKeyboard();
        Print(one, new string('y', 74) + "(ser\e[Cai) domain one: has powered off\n");
        Assert.DoesNotContain("(serai) domain one: has powered off", Take());
    }

    // A row is the hypervisor's if it begins with its name; and its lines are known by a number that no guest can guess.
    private sealed record Step(int Who, string Text);

    private const string Name = "(serai)";

    private static readonly string[] Pieces =
    [
        "(serai) ", "(serai) note 7000001", "(ser", "ai) ", "(", "serai)", "\r", "\r", "\n", "\r\n", "\b", "\b\b\b", "\t", "\e", "\e[", "\e[C",
        "\e[5D", "\e[99D", "\e[K", "\e[J", "\e[2K", "\e[2J", "\e[H", "\e[A", "\e[3P", "\e[7@", "\e[1;31m", "\e[m", "\e[8m", "\e]0;", "\eP", "\e\\",
        "\a", "\u0005", "\u009b", "\u0090", "\u00c3\u00a4", "\0", "\u0018", "\u007f", ";", "m", "1", "xxxxxxxx", new string('x', 61),
        new string('y', 74), new string(' ', 80),
    ];

    private static Gen<Step> AnyStep =>
        from who in Gen.Choose(0, 5)
        from pieces in Gen.OneOf(Gen.Elements(Pieces), Gen.Choose(0, 255).Select(letter => $"{(char)letter}")).ArrayOf()
        select new Step(who, string.Concat(pieces));

    /// <summary>Who: 0 and 1 are guests, 2 the initial domain without the keyboard, 3 the hypervisor, 4 the chord, 5 time that passes.</summary>
    private void Do(Step step, TinyGuest initial, HashSet<string> notes)
    {
        switch (step.Who)
        {
            case 0: Print(one, step.Text); break;
            case 1: Print(two, step.Text); break;
            case 2: GuestConsole.Write(ref initial.Domain, Encoding.Latin1.GetBytes(step.Text)); break;
            case 3:
                string note = $"note {4_000_000 + notes.Count * 13}";
                notes.Add($"{Name} {note}");
                Log.Always().Text(Encoding.ASCII.GetBytes(note)).End();
                break;
            case 4:
                do
                    Keyboard.Type(Chord);
                while (KeyboardFocus.IsFor(ref initial.Domain));
                break;
            default:
                TimeSource.Now += 200_000_000;
                GuestConsole.ShowUnfinished();
                break;
        }
    }

    private bool IsHonest(Step[] steps, int width)
    {
        Start();
        var initial = new TinyGuest("zero", initial: true);
        var notes = new HashSet<string>();
        foreach (Step step in steps)
            Do(step, initial, notes);
        var terminal = new TerminalModel(width);
        terminal.Show(Serial.Output);
        string[] claimed = [.. terminal.Rows.Where(row => row.StartsWith(Name, StringComparison.Ordinal))
            .Where(row => !row.Contains(" the keyboard is now ", StringComparison.Ordinal))];
        return terminal.Strangers.Count == 0 && claimed.Length == notes.Count && claimed.ToHashSet().SetEquals(notes);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(132)]
    public void NoGuestsBytesShowALineOfTheHypervisors(int width)
        => Prop.ForAll(AnyStep.ArrayOf().ToArbitrary(), steps => IsHonest(steps, width))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(60));
}
