using System.Numerics;

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

    /// <summary>What is to be on the screen, four cells a word, and what is there.</summary>
    private static readonly ulong[] wanted = new ulong[Rows * WordsPerRow];

    private static readonly ulong[] shown = new ulong[Rows * WordsPerRow];

    private static bool isOn;
    private static int column;
    private static bool inSequence;
    private static int number;

    /// <summary>The row of <see cref="wanted"/> that is at the top of the screen, and the rows of the screen that may differ, a bit each.</summary>
    private static int top;

    /// <inheritdoc cref="top"/>
    private static uint stale;

    /// <summary>Starts to write to the screen, from its bottom line on.</summary>
    public static void Open()
    {
        isOn = true;
        column = top = 0;
        for (int word = 0; word < Rows * WordsPerRow; word++)
            wanted[word] = shown[word] = Word(word);
    }

    /// <summary>Stops writing: the screen is another's now.</summary>
    public static void Close()
    {
        isOn = false;
        stale = 0;
    }

    /// <summary>Whether rows are to be brought up to date.</summary>
    public static bool IsStale => stale != 0;

    private static ref ulong Word(int word) => ref DirectMap.At<ulong>(new(Address + (ulong)word * sizeof(ulong)));

    /// <summary>Brings a row up to date, one that is not, and tells how many words that took.</summary>
    public static uint ShowRow()
    {
        int row = BitOperations.TrailingZeroCount(stale), from = (top + row) % Rows * WordsPerRow;
        uint written = 0;
        stale &= stale - 1;
        for (int word = 0; word < WordsPerRow; word++)
        {
            ref ulong there = ref shown[row * WordsPerRow + word];
            if (there == wanted[from + word])
                continue;
            there = Word(row * WordsPerRow + word) = wanted[from + word];
            written++;
        }
        return written;
    }

    /// <summary>Writes a byte.</summary>
    public static void Write(byte letter)
    {
        if (!isOn)
            return;
        if (inSequence || letter == 0x1b)
            Continue(letter);
        else if (letter == (byte)'\n')
            Scroll();
        else if (letter == (byte)'\r')
            column = 0;
        else if (letter == (byte)'\b')
            column -= column > 0 ? 1 : 0;
        else if (letter == (byte)'\t')
            column = column < Columns - TabStops ? (column / TabStops + 1) * TabStops : Columns - 1;
        else if (letter >= 0x20)
            Put(letter);
    }

    private static void Continue(byte letter)
    {
        inSequence = letter is not (>= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z');
        if (letter == 0x1b)
            number = 0;
        else if (letter is >= (byte)'0' and <= (byte)'9')
            number = number < Columns ? number * 10 + letter - '0' : Columns;
        else if (letter == (byte)'C')
            column = column + number < Columns ? column + number : Columns - 1;
        else if (letter == (byte)'D')
            column = column > number ? column - number : 0;
        else if (letter == (byte)'K')
            Erase();
    }

    /// <summary>
    /// Erases from the cursor to the end of the line, in words as soon as it can: a guest may ask for this with every third byte, and it costs no
    /// more than they do.
    /// </summary>
    private static void Erase()
    {
        int place = column;
        for (; place < Columns && place % CellsPerWord != 0; place++)
            Set(place, (byte)' ');
        for (; place < Columns; place += CellsPerWord)
            wanted[BottomRow + place / CellsPerWord] = BlankWord;
        stale |= 1u << (Rows - 1);
    }

    private static int BottomRow => (top + Rows - 1) % Rows * WordsPerRow;

    private static void Put(byte letter)
    {
        if (column == Columns)
            Scroll();
        Set(column++, letter);
    }

    private static void Set(int place, byte letter)
    {
        int shift = place % CellsPerWord * 16;
        ref ulong word = ref wanted[BottomRow + place / CellsPerWord];
        word = word & ~(0xfffful << shift) | (Colour | letter) << shift;
        stale |= 1u << (Rows - 1);
    }

    private static void Scroll()
    {
        column = 0;
        top = (top + 1) % Rows;
        for (int word = 0; word < WordsPerRow; word++)
            wanted[BottomRow + word] = BlankWord;
        stale = AllRows;
    }
}
