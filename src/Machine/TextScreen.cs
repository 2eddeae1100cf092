using Serai.Machine.Memory;

namespace Serai.Machine;

/// <summary>
/// The VGA's text screen of 80 by 25 characters at 0xb8000, written at the bottom line and scrolled up; control sequences are not shown.
/// </summary>
public static class TextScreen
{
    private const ulong Address = 0xb8000;
    private const int Columns = 80, Rows = 25;
    private const ushort Blank = 0x0720, Colour = 0x0700;

    private static bool isOn;
    private static int column;
    private static bool inSequence;

    /// <summary>Starts to write to the screen, from its bottom line on.</summary>
    public static void Open()
    {
        isOn = true;
        column = 0;
    }

    /// <summary>Stops writing: the screen is another's now.</summary>
    public static void Close() => isOn = false;

    private static ref ushort Cell(int row, int place) => ref DirectMap.At<ushort>(Address + (ulong)(row * Columns + place) * 2);

    /// <summary>Writes a byte.</summary>
    public static void Write(byte letter)
    {
        if (!isOn)
            return;
        if (inSequence || letter == 0x1b)
            inSequence = letter is not (>= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z');
        else if (letter == (byte)'\n')
            Scroll();
        else if (letter == (byte)'\r')
            column = 0;
        else if (letter >= 0x20)
            Put(letter);
    }

    private static void Put(byte letter)
    {
        if (column == Columns)
            Scroll();
        Cell(Rows - 1, column++) = (ushort)(Colour | letter);
    }

    private static void Scroll()
    {
        column = 0;
        for (int row = 1; row < Rows; row++)
        {
            for (int place = 0; place < Columns; place++)
                Cell(row - 1, place) = Cell(row, place);
        }
        for (int place = 0; place < Columns; place++)
            Cell(Rows - 1, place) = Blank;
    }
}
