using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Report;

/// <summary>A line of bench/rows: the mark's number, a short name and what is counted.</summary>
public sealed record Row(int Number, string Key, string Text)
{
    private const int FirstOfLinux = 32;

    /// <summary>Whether Linux and an application in it run, so that their instructions are of interest too.</summary>
    public bool IsLinux => Number >= FirstOfLinux;

    /// <summary>Reads the file; its order is the table's.</summary>
    public static IReadOnlyList<Row> Load(string path)
        => [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    private static Row Parse(string line)
    {
        string[] parts = line.Split('|');
        return parts.Length == 3 ? new Row(int.Parse(parts[0]), parts[1], parts[2])
            : throw new InvalidDataException($"bench/rows: '{line}' has not three parts");
    }
}
