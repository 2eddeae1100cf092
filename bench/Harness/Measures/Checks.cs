using System.Collections.Generic;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Rows;

namespace Serai.Bench.Measures;

/// <summary>What makes a run of the harness fail: a guest that did not do the work it was asked for.</summary>
public static class Checks
{
    /// <summary>What one boot lacks, in words for the terminal; <paramref name="each"/> is how often each row was to be repeated.</summary>
    public static IEnumerable<string> Boot(TargetSystem system, string guest, string? machine, GuestConsole console, CountsFile? counts,
        IReadOnlyList<Row> rows, int? each)
    {
        string place = $"{guest} on {system.Title()}";
        if (machine is not null)
            yield return $"{place}: {machine}";
        if (console.Trouble is not null)
            yield return $"{place}: the guest said '{console.Trouble}'";
        else if (!console.Passed)
            yield return $"{place}: the guest did not say PASS bench";
        foreach (Row row in rows)
        {
            int samples = counts?.Of(row.Number).Count ?? 0, lines = console.Lines.Count(line => line.Key == row.Key);
            if (counts is not null && (samples == 0 || (each is not null && samples != each)))
                yield return $"{place}: row {row.Key} has {samples} samples" + (each is null ? "" : $", not {each}");
            if (each is not null && lines != each)
                yield return $"{place}: row {row.Key} printed {lines} lines, not {each}";
        }
    }

    /// <summary>Rows whose work had another result on another system, or in another repetition.</summary>
    public static IEnumerable<string> Sums(Results results)
    {
        foreach (Row row in results.Rows)
        {
            var found = results.Of(row).SelectMany(it => it.Lines.Select(line => (it.System, line.Check))).Distinct().ToList();
            if (found.Select(it => it.Check).Distinct().Count() > 1)
                yield return $"row {row.Key}: the check differs: {string.Join(", ", found.Select(it => $"{it.System.Title()} {it.Check}"))}";
        }
    }
}
