using System;
using System.Runtime.CompilerServices;

using Serai.Hypervisor.CommandLine;

namespace Serai.Hypervisor.Output;

/// <summary>
/// Where guests' bytes become bytes of the terminal. Printable ASCII, newline and tab pass; everything else is shown as what it is, ^[ for an escape
/// and ? for a byte above 127, which could be a control on some terminal; a zero, which terminals take for a pause, is left out. A domain that has
/// the keyboard may move, erase and colour within its own line, behind its name: what an editor of command lines needs. No text of a guest's says
/// "(serai)", so that a long line that the terminal wraps does not either (docs/decisions/terminal.md).
/// </summary>
public static class GuestText
{
    private const byte Bell = 7, Backspace = 8, Escape = 0x1b, Delete = 0x7f;

    /// <summary>Bytes of a control sequence that are waited for, and the greatest number of columns in one.</summary>
    private const int SequenceRoom = 32;
    private const uint GreatestCount = 999;

    /// <summary>A line that is as long may have been wrapped, and what was its beginning cannot be reached.</summary>
    private const uint NarrowestTerminal = 80;

    /// <summary>A line that goes on and on is broken here.</summary>
    private const uint LongestLine = 4096;

    /// <summary>What may become a control sequence.</summary>
    [InlineArray(SequenceRoom)]
    public struct SequenceBytes
    {
        private byte element;
    }

    private static ref SequenceBytes Sequence => ref OutputState.Now.GuestTextSequence;

    /// <summary>Bytes in <see cref="Sequence"/>; a carriage return that may belong to a newline waits too.</summary>
    private static ref int Waiting => ref OutputState.Now.GuestTextWaiting;
    private static ref bool ReturnWaits => ref OutputState.Now.GuestTextReturnWaits;

    /// <summary>Columns of the prefix; where the cursor stands behind it, and how far the line has come.</summary>
    private static ref uint Start => ref OutputState.Now.GuestTextStart;

    private static ref uint Column => ref OutputState.Now.GuestTextColumn;

    private static ref uint Extent => ref OutputState.Now.GuestTextExtent;

    /// <summary>How many letters of the hypervisor's prefix the text ends with.</summary>
    private static ref int Matched => ref OutputState.Now.GuestTextMatched;

    /// <summary>Another source writes, or a line begins: what was begun is forgotten.</summary>
    public static void Forget()
    {
        (Waiting, ReturnWaits) = (0, false);
        (Start, Column, Extent, Matched) = (0, 0, 0, 0);
    }

    /// <summary>Takes a byte of the present source's; every line begins with `prefix`.</summary>
    public static void Take(byte letter, TerminalRights rights, ReadOnlySpan<byte> prefix)
    {
        if (rights == TerminalRights.All)
        {
            TakeAsItIs(letter);
            return;
        }
        if (letter == 0)
            return;
        if (letter is (byte)'\n' or (byte)'\r')
        {
            ShowWaiting(prefix);
            ReturnWaits = letter == (byte)'\r' && !Terminal.IsAtLineStart;
            if (letter == (byte)'\n')
                EndLine();
            return;
        }
        if (ReturnWaits)
            Return(rights, prefix);
        if (Waiting > 0 && rights == TerminalRights.Editing && TryContinue(letter, prefix))
            return;
        ShowWaiting(prefix);
        if (rights == TerminalRights.Text || !TryEdit(letter))
            Show(letter, prefix);
    }

    private static void TakeAsItIs(byte letter)
    {
        if (letter == (byte)'\n')
        {
            EndLine();
            return;
        }
        if (letter == (byte)'\r' && Terminal.IsAtLineStart)
            return;
        Terminal.Put(letter);
        if (letter is (< 0x20 or >= Delete) and not ((byte)'\r' or (byte)'\t' or Backspace or Bell))
            Terminal.NoteChange();
    }

    private static void EndLine()
    {
        Terminal.EndLine();
        Forget();
    }

    /// <summary>What looked like a control sequence is none that passes: it is shown.</summary>
    private static void ShowWaiting(ReadOnlySpan<byte> prefix)
    {
        int count = Waiting;
        Waiting = 0;
        for (int index = 0; index < count; index++)
            Show(Sequence[index], prefix);
    }

    private static void Show(byte letter, ReadOnlySpan<byte> prefix)
    {
        if (Column >= LongestLine)
            EndLine();
        Begin(prefix);
        if (letter is < 0x20 or Delete && letter != (byte)'\t')
        {
            Print((byte)'^');
            Print((byte)(letter ^ 0x40));
        }
        else
            Print(letter < Delete ? letter : (byte)'?');
    }

    private static void Begin(ReadOnlySpan<byte> prefix)
    {
        if (!Terminal.IsAtLineStart)
            return;
        Terminal.Put(prefix);
        Start = (uint)prefix.Length;
    }

    private static void Print(byte letter)
    {
        const uint tabs = 8;
        ReadOnlySpan<byte> own = HypervisorConsole.Prefix;
        if (Matched == own.Length - 2 && letter == own[Matched])
        {
            Terminal.Put((byte)'?');
            Column++;
        }
        Matched = letter == own[0] ? 1 : letter == own[Matched] ? Matched + 1 : 0;
        if (Matched == own.Length - 1)
            Matched = 0;
        Terminal.Put(letter);
        Column += letter == (byte)'\t' ? tabs - (Start + Column) % tabs : 1;
        if (Column > Extent)
            Extent = Column;
    }

    /// <summary>Whether the cursor can go back in this line: not where the terminal may have wrapped it. Then a new line is begun instead.</summary>
    private static bool CanGoBack()
    {
        if (Start + Extent < NarrowestTerminal)
            return true;
        EndLine();
        return false;
    }

    private static void Return(TerminalRights rights, ReadOnlySpan<byte> prefix)
    {
        ReturnWaits = false;
        if (rights == TerminalRights.Text)
            Show((byte)'\r', prefix);
        else if (CanGoBack())
            GoTo(0);
    }

    private static void GoTo(uint place)
    {
        Terminal.Put((byte)'\r');
        Terminal.PutSequence(Start + place, (byte)'C');
        (Column, Matched) = (place, 0);
    }

    /// <summary>A key's echo of who has the keyboard; false for a byte that is no such thing.</summary>
    private static bool TryEdit(byte letter)
    {
        switch (letter)
        {
            case Bell:
                return true;
            case Backspace:
                if (Column > 0 && CanGoBack())
                    MoveBack(1);
                return true;
            case Escape:
                Sequence[Waiting++] = letter;
                return true;
            default:
                return false;
        }
    }

    private static void MoveBack(uint columns)
    {
        uint count = columns < Column ? columns : Column;
        Terminal.PutSequence(count, (byte)'D');
        (Column, Matched) = (Column - count, 0);
    }

    /// <summary>Takes a byte into the sequence that has begun: ESC [, digits and semicolons, a letter; false where it does not belong.</summary>
    private static bool TryContinue(byte letter, ReadOnlySpan<byte> prefix)
    {
        bool begins = Waiting == 1;
        bool belongs = begins ? letter == (byte)'[' : letter is >= (byte)'0' and <= (byte)'9' or (byte)';' && Waiting < SequenceRoom - 1;
        if (belongs)
            Sequence[Waiting++] = letter;
        else if (!begins)
            belongs = TryEnd(letter, prefix);
        return belongs;
    }

    /// <summary>Ends the sequence with its letter, if it is one that passes.</summary>
    private static bool TryEnd(byte letter, ReadOnlySpan<byte> prefix)
    {
        Begin(prefix);
        ReadOnlySpan<byte> sequence = Sequence, numbers = sequence[2..Waiting];
        bool isGiven = numbers.Length > 0;
        uint number = 0;
        if (letter == (byte)'m')
        {
            Terminal.NoteColours();
            Terminal.Put(sequence[..Waiting]);
            Terminal.Put(letter);
        }
        else if ((isGiven && !NumberText.TryNumber(numbers, GreatestCount, out number)) || !TryEditLine(letter, number, isGiven))
            return false;
        Waiting = 0;
        return true;
    }

    private static bool TryEditLine(byte letter, uint number, bool isGiven)
    {
        uint count = isGiven && number > 0 ? number : 1;
        switch (letter)
        {
            // Below the line there is nothing: erasing to the end of the screen is erasing to the end of the line.
            case (byte)'J' or (byte)'K' when number == 0:
                Terminal.Put("\u001b[K"u8);
                Extent = Column < Extent ? Column : Extent;
                return true;
            case (byte)'K' when number == 2:
                EraseLine();
                return true;
            case (byte)'D':
                if (Column > 0 && CanGoBack())
                    MoveBack(count);
                return true;
            case (byte)'C':
                count = count < Extent - Column ? count : Extent - Column;
                // At the line's end nothing moves, and what has been said of the hypervisor's name goes on.
                if (count == 0)
                    return true;
                Terminal.PutSequence(count, letter);
                (Column, Matched) = (Column + count, 0);
                return true;
            case (byte)'P' or (byte)'@' when CanGoBack():
                Shift(letter, count);
                return true;
            // Where the cursor is: shells ask with every prompt, and do without an answer.
            case (byte)'n':
                return true;
            default:
                return letter is (byte)'P' or (byte)'@';
        }
    }

    private static void EraseLine()
    {
        if (!CanGoBack())
            return;
        uint place = Column;
        GoTo(0);
        Terminal.Put("\u001b[K"u8);
        Terminal.PutSequence(place, (byte)'C');
        Column = Extent = place;
    }

    /// <summary>Takes characters out at the cursor, or makes room for some, within what the narrowest terminal shows.</summary>
    private static void Shift(byte letter, uint count)
    {
        uint room = letter == (byte)'P' ? Extent - Column : Extent == Column ? 0 : NarrowestTerminal - Start - Extent;
        count = count < room ? count : room;
        Terminal.PutSequence(count, letter);
        Extent = letter == (byte)'P' ? Extent - count : Extent + count;
        Matched = 0;
    }
}
