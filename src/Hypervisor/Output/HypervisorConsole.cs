using System;

namespace Serai.Hypervisor.Output;

/// <summary>
/// The one terminal line. Whoever writes, the hypervisor or a guest, is a source; a line belongs to one source, and when another one writes in
/// the middle of it a new line is begun, with that source's prefix.
/// </summary>
public static class HypervisorConsole
{
    internal const int Self = -1;

    private static ref ulong Lost => ref OutputState.Now.HypervisorConsoleLost;

    /// <summary>What every line of the hypervisor's begins with, and no line of anybody else's.</summary>
    public static ReadOnlySpan<byte> Prefix => "(serai) "u8;

    /// <summary>Begins a line of the hypervisor's own; false where there is no room for it, and then it is counted as lost.</summary>
    public static bool TryBeginLine()
    {
        if (!TerminalLine.HasRoomForLine)
        {
            Lost = unchecked(Lost + 1);
            return false;
        }
        TellLost();
        BecomeSource(Self);
        Write(Prefix);
        return true;
    }

    /// <summary>Tells how many lines were lost, once.</summary>
    public static void TellLost()
    {
        ulong count = Lost;
        Lost = 0;
        if (count != 0)
            Log.Always().Number(count).Text(" lines were lost here: the terminal was too slow for them"u8).End();
    }

    /// <summary>Ends the line.</summary>
    public static void EndLine() => Terminal.EndLine();

    /// <summary>Writes the hypervisor's own text to its line; whatever a name or a loader's line in it says, only printable ASCII.</summary>
    public static void Write(ReadOnlySpan<byte> text)
    {
        foreach (byte letter in text)
            Terminal.Put(letter is >= 0x20 and < 0x7f ? letter : (byte)'?');
    }

    /// <summary>Writes a guest's output, as far as it has the right to: every line begins with `prefix`.</summary>
    public static void WriteGuest(int source, TerminalRights rights, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text)
    {
        if (text.Length == 0)
            return;
        BecomeSource(source);
        foreach (byte letter in text)
            GuestText.Take(letter, rights, prefix);
    }

    /// <summary>What the former source has left of sequences and colours ends with its line. The hypervisor's every line is a new one.</summary>
    private static void BecomeSource(int source)
    {
        Screen.NoteWriter(source);
        if (OutputState.Now.HypervisorConsoleLineSource == source && source != Self)
            return;
        GuestText.Forget();
        Terminal.Restore();
        if (!Terminal.IsAtLineStart)
            Terminal.EndLine();
        OutputState.Now.HypervisorConsoleLineSource = source;
    }
}
