using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Bench.Rows;

/// <summary>Reads bench/rows. What is wrong in it is said with the line.</summary>
public static class RowFile
{
    /// <summary>As many marks as bench/marks.S has.</summary>
    public const int Marks = 256;

    /// <summary>The topics, in the order of their tables.</summary>
    public static IReadOnlyList<string> Topics { get; } =
    [
        "hypercalls", "events", "memory", "grants", "processes", "switches", "files", "virtual-memory", "privileged", "processors", "bandwidth",
        "local", "computing", "servers", "domains", "devices",
    ];

    /// <summary>The rows by topic, within a topic in the order of the file.</summary>
    public static IReadOnlyList<Row> Parse(IEnumerable<string> lines)
    {
        var rows = new List<Row>();
        foreach (string line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            Row row = ParseLine(line);
            if (rows.Any(other => other.Number == row.Number || other.Key == row.Key))
                throw new InvalidDataException($"bench/rows: '{line}' has a number or a key that another row has");
            rows.Add(row);
        }
        return [.. Topics.SelectMany(topic => rows.Where(row => row.Topic == topic))];
    }

    private static Row ParseLine(string line)
    {
        string[] parts = line.Split('|');
        if (parts.Length != 5 || !int.TryParse(parts[0], out int number) || number is < 0 or >= Marks)
            throw new InvalidDataException($"bench/rows: '{line}' is not number|guest|topic|key|title with a number below {Marks}");
        if (!Topics.Contains(parts[2]))
            throw new InvalidDataException($"bench/rows: '{line}' has an unknown topic; there are {string.Join(' ', Topics)}");
        return new Row(number, parts[1], parts[2], parts[3], parts[4]);
    }
}
