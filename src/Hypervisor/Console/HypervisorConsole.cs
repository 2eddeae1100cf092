using System;

using Serai.Hypervisor.Traps;
using Serai.Machine;

namespace Serai.Hypervisor.Console;

/// <summary>
/// The one terminal line. Whoever writes, the hypervisor or a guest, is a source; a line belongs to one source, and when another one writes in
/// the middle of it a new line is begun, with that source's prefix.
/// </summary>
public static class HypervisorConsole
{
    private const int Self = -1;

    private static int lineSource = Self;
    private static bool atLineStart = true;
    private static ulong lost;

    private static void Put(byte letter)
    {
        uint accesses = Serial.Accesses;
        Serial.Write(letter);
        TextScreen.Write(letter);
        Preemption.Charge(Cost.Letter + Cost.DeviceAccess * unchecked(Serial.Accesses - accesses));
    }

    /// <summary>Begins a line of the hypervisor's own; false where there is no room for it, and then it is counted as lost.</summary>
    public static bool TryBeginLine()
    {
        if (!TerminalLine.HasRoomForLine)
        {
            lost++;
            return false;
        }
        TellLost();
        if (!atLineStart)
            EndLine();
        lineSource = Self;
        Write("(serai) "u8);
        return true;
    }

    /// <summary>Tells how many lines were lost, once.</summary>
    public static void TellLost()
    {
        ulong count = lost;
        lost = 0;
        if (count != 0)
            Log.Always().Number(count).Text(" lines were lost here: the terminal was too slow for them"u8).End();
    }

    /// <summary>Ends the line.</summary>
    public static void EndLine()
    {
        Put((byte)'\r');
        Put((byte)'\n');
        atLineStart = true;
        if (Serial.Waits)
            Screen.ShowAll();
    }

    /// <summary>Writes bytes to the present line.</summary>
    public static void Write(ReadOnlySpan<byte> text)
    {
        foreach (byte letter in text)
            Put(letter);
        atLineStart = atLineStart && text.Length == 0;
    }

    /// <summary>
    /// Writes a guest's output: every line begins with `prefix`, and control characters other than those a terminal needs for editing and colour
    /// pass as they are, so that a guest's screen works.
    /// </summary>
    public static void WriteGuest(int source, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text)
    {
        if (text.Length == 0)
            return;
        if (lineSource != source && !atLineStart)
            EndLine();
        lineSource = source;
        for (int index = 0; index < text.Length; index++)
        {
            byte letter = text[index];
            if (letter == (byte)'\n')
            {
                EndLine();
                continue;
            }
            // EndLine writes the carriage return itself.
            if (letter == (byte)'\r' && (atLineStart || index + 1 < text.Length && text[index + 1] == (byte)'\n'))
                continue;
            if (atLineStart)
                Write(prefix);
            Put(letter);
            atLineStart = false;
        }
    }
}
