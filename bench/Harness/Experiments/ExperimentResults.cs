using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>What an experiment with many domains left (bench/README.md says how), and when.</summary>
public sealed record ExperimentResults(string Name, DateTime Ended, IReadOnlyList<Point> Points)
{
    /// <summary>The series, in the order in which they first appear.</summary>
    public IReadOnlyList<string> Keys => [.. Points.Select(point => point.Key).Distinct()];

    /// <summary>The systems on which a series was measured.</summary>
    public IReadOnlyList<TargetSystem> Systems(string key) => [.. Of(key).Select(point => point.System).Distinct().Order()];

    /// <summary>The name of a series without that of the experiment before it.</summary>
    public string Title(string key) => key.StartsWith(Name + ": ", StringComparison.Ordinal) || key.StartsWith(Name + ", ", StringComparison.Ordinal)
        ? key[(Name.Length + 2)..] : key;

    /// <summary>The points of a series.</summary>
    public IEnumerable<Point> Of(string key) => Points.Where(point => point.Key == key);

    /// <summary>The line of a system in a series.</summary>
    public IReadOnlyList<Point> Line(string key, TargetSystem system)
        => [.. Of(key).Where(point => point.System == system).OrderBy(point => point.X)];

    /// <summary>The experiments whose results lie in a directory, by name.</summary>
    public static IReadOnlyList<ExperimentResults> Load(string directory)
        => [.. Directory.GetFiles(directory, "*.jsonl").Order(StringComparer.Ordinal).Select(Read).Where(found => found.Points.Count > 0)];

    private static ExperimentResults Read(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return new ExperimentResults(name, File.GetLastWriteTimeUtc(path), Point.ParseAll(name, File.ReadLines(path)));
    }
}
