using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;

namespace Serai.Bench.Reports;

/// <summary>A table for each series of an experiment: a line a number of domains, a column a system.</summary>
public static class ExperimentTables
{
    /// <summary>Prints one experiment. Several values of one point, where it was measured again, are all shown.</summary>
    public static void Print(TextWriter output, Experiment experiment)
    {
        foreach (string key in experiment.Keys)
        {
            IReadOnlyList<TargetSystem> systems = experiment.Systems(key);
            var table = new TextTable([$"{experiment.Name}: {key}, {experiment.Of(key).First().Unit}", .. systems.Select(system => system.Title())]);
            foreach (double x in experiment.Of(key).Select(point => point.X).Distinct().Order())
                table.Add([x.ToString("0.##", CultureInfo.InvariantCulture), .. systems.Select(system => Values(experiment, key, system, x))]);
            table.Print(output);
        }
    }

    private static string Values(Experiment experiment, string key, TargetSystem system, double x)
    {
        string[] values = [.. experiment.Line(key, system).Where(point => point.X == x).Select(point => Numbers.Plain(point.Value))];
        return values.Length == 0 ? "-" : string.Join(" ", values);
    }
}
