using System;

using Serai.Hypervisor.Ground;
using Serai.Machine;

namespace Serai.Hypervisor.Output;

/// <summary>
/// The terminal: the serial line and the screen, with what its present source has done to it, so that it can be undone before another one writes.
/// </summary>
public static class Terminal
{
    private static ref bool IsColoured => ref OutputState.Now.TerminalIsColoured;

    private static ref bool IsChanged => ref OutputState.Now.TerminalIsChanged;

    /// <summary>Whether the next byte begins a line.</summary>
    public static bool IsAtLineStart
    {
        get => OutputState.Now.TerminalIsAtLineStart;
        private set => OutputState.Now.TerminalIsAtLineStart = value;
    }

    /// <summary>Writes a byte as it is; what may be written is the caller's to know.</summary>
    public static void Put(byte letter)
    {
        uint accesses = Serial.Accesses;
        Serial.Write(letter);
        TextScreen.Write(letter);
        Preemption.Charge(Cost.Letter);
        ChargeSince(accesses);
        IsAtLineStart = false;
    }

    /// <summary>Gives the serial line more of what waits for it.</summary>
    public static void Transmit()
    {
        uint accesses = Serial.Accesses;
        Serial.Transmit();
        ChargeSince(accesses);
    }

    private static void ChargeSince(uint accesses) => Preemption.Charge(Cost.DeviceAccess, unchecked(Serial.Accesses - accesses));

    /// <summary>Writes bytes as they are.</summary>
    public static void Put(ReadOnlySpan<byte> text)
    {
        foreach (byte letter in text)
            Put(letter);
    }

    /// <summary>Writes a control sequence that moves or edits `count` columns: ESC [ count `end`; nothing for none.</summary>
    public static void PutSequence(uint count, byte end)
    {
        if (count == 0)
            return;
        Put("\u001b["u8);
        for (uint divisor = 100; divisor > 0; divisor /= 10)
        {
            if (count >= divisor || divisor == 1)
                Put((byte)('0' + count / divisor % 10));
        }
        Put(end);
    }

    /// <summary>Ends the line, and the colours with it: the next one begins with the hypervisor's words.</summary>
    public static void EndLine()
    {
        EndColours();
        Put((byte)'\r');
        Put((byte)'\n');
        IsAtLineStart = true;
        if (Serial.Waits)
            Screen.ShowAll();
    }

    /// <summary>The source has set colours, until the line ends.</summary>
    public static void NoteColours() => IsColoured = true;

    /// <summary>A source that has the whole terminal has done something to it that nobody here understands.</summary>
    public static void NoteChange() => IsChanged = true;

    private static void EndColours()
    {
        if (IsColoured)
            Put("\u001b[m"u8);
        IsColoured = false;
    }

    /// <summary>
    /// Before another source: an unfinished sequence or string is cancelled; colours, character sets, modes and margins are as after power-on, the
    /// main screen is shown, and the terminal reports no mouse and no focus. The cursor stays (DEC VT510 manual, DECSTR; xterm's control sequences).
    /// </summary>
    public static void Restore()
    {
        bool atLineStart = IsAtLineStart;
        EndColours();
        if (IsChanged)
            Put("\u0018\u001b\\\u000f\u001b(B\u001b[!p\u001b[?1047l\u001b[?1000;1002;1003;1004;1006;2004l\u001b[?7h\u001b[?25h\u001b[m"u8);
        IsChanged = false;
        IsAtLineStart = atLineStart;
    }
}
