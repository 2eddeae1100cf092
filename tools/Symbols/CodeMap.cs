using System;
using System.Collections.Generic;
using System.Linq;

namespace Serai.Symbols;

/// <summary>A method's extent and the rows within it, each differing from the one before; the first holds from the start.</summary>
public sealed record CodeMethod(ulong Start, ulong End, MethodName Name, IReadOnlyList<LineRow> Rows);

/// <summary>Joins symbols and lines: which method lies where, and which lines lie in it.</summary>
public static class CodeMap
{
    // ilc marks code that belongs to no line with numbers from here on.
    private const uint HiddenLine = 0xf00000;

    /// <summary>The methods of an image, by address, without overlap.</summary>
    public static List<CodeMethod> Of(ElfImage image, List<LineRow> rows)
    {
        List<(ulong Start, ulong End)> code = image.Code.ToList();
        List<ElfSymbol> symbols = image.CodeSymbols()
            .Where(symbol => code.Exists(extent => symbol.Address >= extent.Start && symbol.Address < extent.End))
            .GroupBy(symbol => symbol.Address)
            .Select(Best)
            .OrderBy(symbol => symbol.Address)
            .ToList();
        List<LineRow> lines = Sorted(rows);
        var methods = new List<CodeMethod>();
        int line = 0;
        for (int i = 0; i < symbols.Count; i++)
        {
            ulong start = symbols[i].Address;
            ulong end = code.First(extent => start >= extent.Start && start < extent.End).End;
            if (i + 1 < symbols.Count)
                end = Math.Min(end, symbols[i + 1].Address);
            if (symbols[i].Size != 0)
                end = Math.Min(end, start + symbols[i].Size);
            while (line < lines.Count && lines[line].Address < start)
                line++;
            methods.Add(new CodeMethod(start, end, MethodName.Of(symbols[i].Name), Within(lines, line, start, end)));
        }
        return methods;
    }

    // Of several names for one address: what ilc knows as a method, then what is marked as a function, then the first in the alphabet.
    private static ElfSymbol Best(IEnumerable<ElfSymbol> group) => group
        .OrderByDescending(symbol => MethodName.Of(symbol.Name).Type.Length != 0)
        .ThenByDescending(symbol => symbol.IsFunction)
        .ThenByDescending(symbol => symbol.Size)
        .ThenBy(symbol => symbol.Name, StringComparer.Ordinal)
        .First();

    // Where one sequence ends and another begins at the same address, the beginning must come last; otherwise the order stays.
    private static List<LineRow> Sorted(List<LineRow> rows) => rows
        .Where(row => row.Line < HiddenLine && (row.Line != 0 || row.File.Length == 0))
        .OrderBy(row => row.Address)
        .ThenBy(row => row.File.Length != 0)
        .ToList();

    private static List<LineRow> Within(List<LineRow> lines, int next, ulong start, ulong end)
    {
        var found = new List<LineRow>();
        // A label within a function of assembly may stand between two rows: the row before it still holds.
        if (next > 0 && lines[next - 1].File.Length != 0 && (next == lines.Count || lines[next].Address > start))
            Add(found, lines[next - 1] with { Address = start });
        for (; next < lines.Count && lines[next].Address < end; next++)
        {
            if (lines[next].File.Length != 0)
                Add(found, lines[next]);
        }
        return found;
    }

    private static void Add(List<LineRow> found, LineRow row)
    {
        row = row with { File = Tidy(row.File) };
        if (found.Count != 0 && found[^1].Address == row.Address)
            found.RemoveAt(found.Count - 1);
        if (found.Count == 0 || found[^1].File != row.File || found[^1].Line != row.Line)
            found.Add(row);
    }

    // Paths come mapped to the repository ("./src/...", "/_/./src/..."); what is before that says nothing on a console.
    private static string Tidy(string path)
    {
        int mapped = path.LastIndexOf("/./", StringComparison.Ordinal);
        if (mapped >= 0)
            return path[(mapped + 3)..];
        return path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }
}
