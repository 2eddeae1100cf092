using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Report;

/// <summary>Instructions per operation, by where they were executed.</summary>
public sealed record Sample(double Applications, double Kernel, double Hypervisor)
{
    /// <summary>All of them.</summary>
    public double Total => Applications + Kernel + Hypervisor;
}

/// <summary>What the plugin wrote while one hypervisor ran (the format is in bench/plugin/counter.c).</summary>
public sealed class Counts
{
    private readonly Dictionary<int, List<Sample>> samples = [];
    private readonly Dictionary<int, double> operations = [];

    /// <summary>Instructions of the traced row by address, all its samples together.</summary>
    public Dictionary<ulong, ulong> Addresses { get; } = [];

    /// <summary>Reads the files that are there.</summary>
    public static Counts Load(params string[] paths)
    {
        var counts = new Counts();
        foreach (string line in paths.Where(File.Exists).SelectMany(File.ReadLines))
            counts.Add(line.Split(' '));
        return counts;
    }

    /// <summary>The sample in the middle, or null where the row was not measured.</summary>
    public Sample? Median(Row row)
    {
        if (!samples.TryGetValue(row.Number, out List<Sample>? found))
            return null;
        return found.OrderBy(sample => sample.Hypervisor).ThenBy(sample => sample.Total).ElementAt(found.Count / 2);
    }

    /// <summary>Operations of a row, all samples together.</summary>
    public double Operations(Row row) => operations.GetValueOrDefault(row.Number);

    private void Add(string[] words)
    {
        if (words[0] == "address")
        {
            Addresses[Convert.ToUInt64(words[1], 16)] = ulong.Parse(words[2]);
            return;
        }
        int row = int.Parse(words[1]);
        double count = double.Parse(words[2]);
        if (!samples.TryGetValue(row, out List<Sample>? list))
            samples[row] = list = [];
        list.Add(new Sample(double.Parse(words[3]) / count, double.Parse(words[4]) / count, double.Parse(words[5]) / count));
        operations[row] = operations.GetValueOrDefault(row) + count;
    }
}
