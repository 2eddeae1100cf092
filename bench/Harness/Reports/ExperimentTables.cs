using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;

namespace Serai.Bench.Reports;

/// <summary>The table of an experiment: a line for each series on each system, a column for each number of domains.</summary>
public static class ExperimentTables
{
    /// <summary>Prints one experiment. Several values of one point, where it was measured again, are all shown.</summary>
    public static void Print(TextWriter output, ExperimentResults experiment)
    {
        double[] places = [.. experiment.Points.Select(point => point.X).Distinct().Order()];
        string[] numbers = [.. places.Select(place => place.ToString("0.##", CultureInfo.InvariantCulture))];
        var table = new TextTable([$"{experiment.Name}, by number of domains", "on", .. numbers, "unit"]);
        foreach (string key in experiment.Keys)
        {
            foreach (TargetSystem system in experiment.Systems(key))
            {
                IEnumerable<string> values = places.Select(place => Values(experiment, key, system, place));
                table.Add([experiment.Title(key), system.Title(), .. values, experiment.Of(key).First().Unit]);
            }
        }
        table.Print(output);
    }

    private static string Values(ExperimentResults experiment, string key, TargetSystem system, double x)
    {
        string[] values = [.. experiment.Line(key, system).Where(point => point.X == x).Select(point => Numbers.Plain(point.Value))];
        return values.Length == 0 ? "-" : string.Join(" ", values);
    }
}
