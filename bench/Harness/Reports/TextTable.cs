using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Bench.Reports;

/// <summary>A table for the terminal: the first column to the left, all others, numbers, to the right.</summary>
public sealed class TextTable(params string[] heading)
{
    private readonly List<string[]> lines = [heading];

    /// <summary>Adds a line with as many cells as the heading has.</summary>
    public void Add(params string[] cells) => lines.Add(cells);

    /// <summary>Prints it.</summary>
    public void Print(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            IEnumerable<string> cells = line.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
