using System.Numerics;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

namespace Serai.Machine;

/// <summary>
/// The VGA's text screen of 80 by 25 characters at 0xb8000, written at the bottom line and scrolled up. Of control sequences it knows those
/// that move and erase in the line; others are not shown. What is written is kept in memory, a row moving up by being called another;
/// <see cref="ShowRow"/> brings a row of the screen up to date, by the words that differ.
/// </summary>
public static class TextScreen
{
    private const ulong Address = 0xb8000;
    private const int Columns = 80, Rows = 25, CellsPerWord = 4, WordsPerRow = Columns / CellsPerWord, TabStops = 8;
    private const ulong BlankWord = 0x0720_0720_0720_0720, Colour = 0x0700;
    private const uint AllRows = (1u << Rows) - 1;

    private struct State
    {
        public bool IsOn, InSequence;
        public int Column, Number;

        /// <summary>The row of <see cref="Wanted"/> at the top of the screen, and the rows of the screen that may differ, a bit each.</summary>
        public int Top;

        /// <inheritdoc cref="Top"/>
        public uint Stale;

        /// <summary>What is to be on the screen, four cells a word, and what is there.</summary>
        public Words Wanted, Shown;
    }

    [InlineArray(Rows * WordsPerRow)]
    private struct Words
    {
        private ulong element;
    }

    private static ref State Now => ref PerMachine<State>.Now;

    /// <summary>Starts to write to the screen, from its bottom line on.</summary>
    public static void Open()
    {
        Now.IsOn = true;
        Now.Column = Now.Top = 0;
        for (int word = 0; word < Rows * WordsPerRow; word++)
            Now.Wanted[word] = Now.Shown[word] = Word(word);
    }

    /// <summary>Stops writing: the screen is another's now.</summary>
    public static void Close()
    {
        Now.IsOn = false;
        Now.Stale = 0;
    }

    /// <summary>Whether rows are to be brought up to date.</summary>
    public static bool IsStale => Now.Stale != 0;

    private static ref ulong Word(int word) => ref DirectMap.At<ulong>(new(Address + (ulong)word * sizeof(ulong)));

    /// <summary>Brings a row up to date, one that is not, and tells how many words that took.</summary>
    public static uint ShowRow()
    {
        int row = BitOperations.TrailingZeroCount(Now.Stale), from = (Now.Top + row) % Rows * WordsPerRow;
        uint written = 0;
        Now.Stale &= Now.Stale - 1;
        for (int word = 0; word < WordsPerRow; word++)
        {
            ref ulong there = ref Now.Shown[row * WordsPerRow + word];
            if (there == Now.Wanted[from + word])
                continue;
            there = Word(row * WordsPerRow + word) = Now.Wanted[from + word];
            written++;
        }
        return written;
    }

    /// <summary>Writes a byte.</summary>
    public static void Write(byte letter)
    {
        if (!Now.IsOn)
            return;
        if (Now.InSequence || letter == 0x1b)
            Continue(letter);
        else if (letter == (byte)'\n')
            Scroll();
        else if (letter == (byte)'\r')
            Now.Column = 0;
        else if (letter == (byte)'\b')
            Now.Column -= Now.Column > 0 ? 1 : 0;
        else if (letter == (byte)'\t')
            Now.Column = Now.Column < Columns - TabStops ? (Now.Column / TabStops + 1) * TabStops : Columns - 1;
        else if (letter >= 0x20)
            Put(letter);
    }

    private static void Continue(byte letter)
    {
        Now.InSequence = letter is not (>= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z');
        if (letter == 0x1b)
            Now.Number = 0;
        else if (letter is >= (byte)'0' and <= (byte)'9')
            Now.Number = Now.Number < Columns ? Now.Number * 10 + letter - '0' : Columns;
        else if (letter == (byte)'C')
            Now.Column = Now.Column + Now.Number < Columns ? Now.Column + Now.Number : Columns - 1;
        else if (letter == (byte)'D')
            Now.Column = Now.Column > Now.Number ? Now.Column - Now.Number : 0;
        else if (letter == (byte)'K')
            Erase();
    }

    /// <summary>
    /// Erases from the cursor to the end of the line, in words as soon as it can: a guest may ask for this with every third byte, and it costs no
    /// more than they do.
    /// </summary>
    private static void Erase()
    {
        int place = Now.Column;
        for (; place < Columns && place % CellsPerWord != 0; place++)
            Set(place, (byte)' ');
        for (; place < Columns; place += CellsPerWord)
            Now.Wanted[BottomRow + place / CellsPerWord] = BlankWord;
        Now.Stale |= 1u << (Rows - 1);
    }

    private static int BottomRow => (Now.Top + Rows - 1) % Rows * WordsPerRow;

    private static void Put(byte letter)
    {
        if (Now.Column == Columns)
            Scroll();
        Set(Now.Column++, letter);
    }

    private static void Set(int place, byte letter)
    {
        int shift = place % CellsPerWord * 16;
        ref ulong word = ref Now.Wanted[BottomRow + place / CellsPerWord];
        word = word & ~(0xfffful << shift) | (Colour | letter) << shift;
        Now.Stale |= 1u << (Rows - 1);
    }

    private static void Scroll()
    {
        Now.Column = 0;
        Now.Top = (Now.Top + 1) % Rows;
        for (int word = 0; word < WordsPerRow; word++)
            Now.Wanted[BottomRow + word] = BlankWord;
        Now.Stale = AllRows;
    }
}
