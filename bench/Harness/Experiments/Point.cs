using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>A line of an experiment's results: a value of a series on a system, where there were so many domains.</summary>
public sealed record Point(string Topic, string Key, TargetSystem System, double X, double Value, string Unit)
{
    /// <summary>Reads the lines of out/bench/NAME.jsonl.</summary>
    public static IReadOnlyList<Point> ParseAll(string name, IEnumerable<string> lines)
        => [.. lines.Where(line => line.Trim().Length > 0).Select(line => Parse(name, line))];

    private static Point Parse(string name, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            return new Point(Text(root, "topic"), Text(root, "key"), TargetSystems.Parse(Text(root, "system")), root.GetProperty("x").GetDouble(),
                root.GetProperty("value").GetDouble(), Text(root, "unit"));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{name}.jsonl: '{line}': {exception.Message}");
        }
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? "";
}
