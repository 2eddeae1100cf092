using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench.Reports;

/// <summary>The tables of nanoseconds per operation, one a topic: of each system the middle, with the least and the most behind it.</summary>
public sealed class TimeTables(Results results) : ITopicTables
{
    /// <inheritdoc/>
    public void Print(TextWriter output, string topic)
    {
        TargetSystem[] systems = [.. results.Systems.Where(system => results.Rows.Any(row => row.Topic == topic && Has(row, system)))];
        var table = new TextTable([$"{topic}: nanoseconds per operation", .. systems.SelectMany(Heading)]);
        foreach (Row row in results.Rows.Where(row => row.Topic == topic && systems.Any(system => Has(row, system))))
            table.Add([row.Title, .. systems.SelectMany(system => Cells(row, system))]);
        table.Print(output);
    }

    private static IEnumerable<string> Heading(TargetSystem system)
        => system == TargetSystem.Native ? ["native", "least-most"] : [system.Title(), "least-most", "/native"];

    private IEnumerable<string> Cells(Row row, TargetSystem system)
    {
        if (!Has(row, system))
            return system == TargetSystem.Native ? ["-", "-"] : ["-", "-", "-"];
        Spread times = results.Of(row, system)!.Times;
        double? native = results.Of(row, TargetSystem.Native)?.Times.Middle;
        string[] cells = [Numbers.Count(times.Middle), $"{Numbers.Count(times.Least)}-{Numbers.Count(times.Most)}"];
        return system == TargetSystem.Native ? cells : [.. cells, Numbers.Ratio(times.Middle, native)];
    }

    private bool Has(Row row, TargetSystem system) => results.Of(row, system)?.Lines.Count > 0;
}
