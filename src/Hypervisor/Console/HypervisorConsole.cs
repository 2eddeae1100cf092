using System;

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

    private static void Put(byte letter)
    {
        Serial.Write(letter);
        TextScreen.Write(letter);
    }

    /// <summary>Begins a line of the hypervisor's own.</summary>
    public static void BeginLine()
    {
        if (!atLineStart)
            EndLine();
        lineSource = Self;
        Write("(serai) "u8);
    }

    /// <summary>Ends the line.</summary>
    public static void EndLine()
    {
        Put((byte)'\r');
        Put((byte)'\n');
        atLineStart = true;
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
