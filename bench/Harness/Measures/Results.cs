using System.Collections.Generic;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Rows;

namespace Serai.Bench.Measures;

/// <summary>Everything that one run of the harness measured.</summary>
public sealed class Results(IReadOnlyList<Row> rows, IReadOnlyList<TargetSystem> systems)
{
    private readonly Dictionary<(Row, TargetSystem), Measured> all = [];

    /// <summary>The rows that were to be measured, in the order of the tables.</summary>
    public IReadOnlyList<Row> Rows { get; } = rows;

    /// <summary>The systems that were to be measured.</summary>
    public IReadOnlyList<TargetSystem> Systems { get; } = systems;

    /// <summary>A row on a system, or null where it was not measured.</summary>
    public Measured? Of(Row row, TargetSystem system) => all.GetValueOrDefault((row, system));

    /// <summary>A row on every system that measured it.</summary>
    public IEnumerable<Measured> Of(Row row) => Systems.Select(system => Of(row, system)).OfType<Measured>();

    /// <summary>Adds what one boot of a guest left.</summary>
    public void Add(TargetSystem system, IEnumerable<Row> booted, CountsFile counts, GuestConsole console)
    {
        foreach (Row row in booted)
            Add(new Measured(row, system, counts.Of(row.Number), [.. console.Lines.Where(line => line.Key == row.Key)]));
    }

    /// <summary>Adds one row.</summary>
    public void Add(Measured found)
    {
        if (found.Samples.Count + found.Lines.Count == 0)
            return;
        Measured? before = Of(found.Row, found.System);
        all[(found.Row, found.System)] = before is null ? found
            : before with { Samples = [.. before.Samples, .. found.Samples], Lines = [.. before.Lines, .. found.Lines] };
    }
}
