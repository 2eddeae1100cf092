using System;

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

    private static readonly byte[] sequence = new byte[SequenceRoom];

    /// <summary>Bytes in <see cref="sequence"/>; a carriage return that may belong to a newline waits too.</summary>
    private static int waiting;
    private static bool returnWaits;

    /// <summary>Columns of the prefix; where the cursor stands behind it, and how far the line has come.</summary>
    private static uint start, column, extent;

    /// <summary>How many letters of the hypervisor's prefix the text ends with.</summary>
    private static int matched;

    /// <summary>Another source writes, or a line begins: what was begun is forgotten.</summary>
    public static void Forget()
    {
        (waiting, returnWaits) = (0, false);
        (start, column, extent, matched) = (0, 0, 0, 0);
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
            returnWaits = letter == (byte)'\r' && !Terminal.IsAtLineStart;
            if (letter == (byte)'\n')
                EndLine();
            return;
        }
        if (returnWaits)
            Return(rights, prefix);
        if (waiting > 0 && rights == TerminalRights.Editing && TryContinue(letter, prefix))
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
        int count = waiting;
        waiting = 0;
        for (int index = 0; index < count; index++)
            Show(sequence[index], prefix);
    }

    private static void Show(byte letter, ReadOnlySpan<byte> prefix)
    {
        if (column >= LongestLine)
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
        start = (uint)prefix.Length;
    }

    private static void Print(byte letter)
    {
        const uint tabs = 8;
        ReadOnlySpan<byte> own = HypervisorConsole.Prefix;
        if (matched == own.Length - 2 && letter == own[matched])
        {
            Terminal.Put((byte)'?');
            column++;
        }
        matched = letter == own[0] ? 1 : letter == own[matched] ? matched + 1 : 0;
        if (matched == own.Length - 1)
            matched = 0;
        Terminal.Put(letter);
        column += letter == (byte)'\t' ? tabs - (start + column) % tabs : 1;
        if (column > extent)
            extent = column;
    }

    /// <summary>Whether the cursor can go back in this line: not where the terminal may have wrapped it. Then a new line is begun instead.</summary>
    private static bool CanGoBack()
    {
        if (start + extent < NarrowestTerminal)
            return true;
        EndLine();
        return false;
    }

    private static void Return(TerminalRights rights, ReadOnlySpan<byte> prefix)
    {
        returnWaits = false;
        if (rights == TerminalRights.Text)
            Show((byte)'\r', prefix);
        else if (CanGoBack())
            GoTo(0);
    }

    private static void GoTo(uint place)
    {
        Terminal.Put((byte)'\r');
        Terminal.PutSequence(start + place, (byte)'C');
        (column, matched) = (place, 0);
    }

    /// <summary>A key's echo of who has the keyboard; false for a byte that is no such thing.</summary>
    private static bool TryEdit(byte letter)
    {
        switch (letter)
        {
            case Bell:
                return true;
            case Backspace:
                if (column > 0 && CanGoBack())
                    MoveBack(1);
                return true;
            case Escape:
                sequence[waiting++] = letter;
                return true;
            default:
                return false;
        }
    }

    private static void MoveBack(uint columns)
    {
        uint count = columns < column ? columns : column;
        Terminal.PutSequence(count, (byte)'D');
        (column, matched) = (column - count, 0);
    }

    /// <summary>Takes a byte into the sequence that has begun: ESC [, digits and semicolons, a letter; false where it does not belong.</summary>
    private static bool TryContinue(byte letter, ReadOnlySpan<byte> prefix)
    {
        bool begins = waiting == 1;
        bool belongs = begins ? letter == (byte)'[' : letter is >= (byte)'0' and <= (byte)'9' or (byte)';' && waiting < SequenceRoom - 1;
        if (belongs)
            sequence[waiting++] = letter;
        else if (!begins)
            belongs = TryEnd(letter, prefix);
        return belongs;
    }

    /// <summary>Ends the sequence with its letter, if it is one that passes.</summary>
    private static bool TryEnd(byte letter, ReadOnlySpan<byte> prefix)
    {
        Begin(prefix);
        ReadOnlySpan<byte> numbers = sequence.AsSpan(2, waiting - 2);
        if (letter == (byte)'m')
        {
            Terminal.NoteColours();
            Terminal.Put(sequence.AsSpan(0, waiting));
            Terminal.Put(letter);
        }
        else if (!TryNumber(numbers, out uint number) || !TryEditLine(letter, number, isGiven: numbers.Length > 0))
            return false;
        waiting = 0;
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
                extent = column < extent ? column : extent;
                return true;
            case (byte)'K' when number == 2:
                EraseLine();
                return true;
            case (byte)'D':
                if (column > 0 && CanGoBack())
                    MoveBack(count);
                return true;
            case (byte)'C':
                count = count < extent - column ? count : extent - column;
                // At the line's end nothing moves, and what has been said of the hypervisor's name goes on.
                if (count == 0)
                    return true;
                Terminal.PutSequence(count, letter);
                (column, matched) = (column + count, 0);
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
        uint place = column;
        GoTo(0);
        Terminal.Put("\u001b[K"u8);
        Terminal.PutSequence(place, (byte)'C');
        column = extent = place;
    }

    /// <summary>Takes characters out at the cursor, or makes room for some, within what the narrowest terminal shows.</summary>
    private static void Shift(byte letter, uint count)
    {
        uint room = letter == (byte)'P' ? extent - column : extent == column ? 0 : NarrowestTerminal - start - extent;
        count = count < room ? count : room;
        Terminal.PutSequence(count, letter);
        extent = letter == (byte)'P' ? extent - count : extent + count;
        matched = 0;
    }

    /// <summary>One number of at most three digits, 0 for none.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> digits, out uint number)
    {
        number = 0;
        foreach (byte digit in digits)
        {
            if (digit == (byte)';' || number > GreatestCount / 10)
                return false;
            number = number * 10 + digit - '0';
        }
        return true;
    }
}
