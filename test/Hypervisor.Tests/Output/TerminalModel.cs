using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Serai.Hypervisor.Tests.Output;

/// <summary>
/// A terminal of some width that wraps its lines, as far as guests may use one. It knows the DEC VT100's printing, CR, LF, BS, HT, and of ECMA-48
/// SGR, CUF, CUB, EL to the end, DCH and ICH; whatever else comes it notes as a stranger.
/// </summary>
internal sealed class TerminalModel(int width)
{
    private readonly List<char[]> rows = [Blank(width)];
    private int column;
    private bool wrapIsDue;

    /// <summary>What came that is none of these.</summary>
    public List<string> Strangers { get; } = [];

    /// <summary>The rows, the first one on top, without the blanks at their ends.</summary>
    public IEnumerable<string> Rows => rows.Select(row => new string(row).TrimEnd(' '));

    private char[] Row => rows[^1];

    private static char[] Blank(int width) => [.. Enumerable.Repeat(' ', width)];

    /// <summary>Shows a text, a byte a character.</summary>
    public void Show(string text)
    {
        for (int place = 0; place < text.Length;)
            place += text[place] == '\e' ? Sequence(text[place..]) : Single(text[place]);
    }

    private int Single(char letter)
    {
        switch (letter)
        {
            case '\r': MoveTo(0); break;
            case '\b': MoveTo(column - 1); break;
            case '\t': MoveTo((column / 8 + 1) * 8); break;
            case '\n': LineFeed(); break;
            case >= ' ' and <= '~': Print(letter); break;
            default: Strangers.Add($"{(int)letter:x2}"); break;
        }
        return 1;
    }

    private void MoveTo(int place) => (column, wrapIsDue) = (Math.Clamp(place, 0, width - 1), false);

    private void LineFeed()
    {
        rows.Add(Blank(width));
        wrapIsDue = false;
    }

    private void Print(char letter)
    {
        if (wrapIsDue)
        {
            LineFeed();
            column = 0;
        }
        Row[column] = letter;
        if (column == width - 1)
            wrapIsDue = true;
        else
            column++;
    }

    private int Sequence(string text)
    {
        int end = 2;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == ';'))
            end++;
        if (text.Length <= end || text[1] != '[')
        {
            Strangers.Add(text[..Math.Min(text.Length, 8)]);
            return 1;
        }
        string parameters = text[2..end];
        int count = Math.Max(1, int.TryParse(parameters, CultureInfo.InvariantCulture, out int number) ? number : 1);
        switch (text[end])
        {
            case 'm': break;
            case 'C': MoveTo(column + count); break;
            case 'D': MoveTo(column - count); break;
            case 'K' when parameters.Length == 0: Array.Fill(Row, ' ', column, width - column); break;
            case 'P': Shift(column + count, column); break;
            case '@': Shift(column, column + count); break;
            default: Strangers.Add(text[..(end + 1)]); break;
        }
        return end + 1;
    }

    private void Shift(int from, int to)
    {
        string rest = new(Row[Math.Min(from, width)..]);
        Array.Fill(Row, ' ', column, width - column);
        for (int index = 0; index < rest.Length && to + index < width; index++)
            Row[to + index] = rest[index];
    }
}
