using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;
using Serai.Emulators;

namespace Serai.Bench;

/// <summary>Boots every guest on every system, by turns, and gathers what they leave in out/bench.</summary>
public sealed class Campaign(Settings settings, IReadOnlyList<Boot> boots, string output)
{
    private readonly List<string> problems = [];
    private readonly Dictionary<(string Guest, TargetSystem System), Sample> starts = [];

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Instructions from reset to the first mark, by guest and system.</summary>
    public IReadOnlyDictionary<(string Guest, TargetSystem System), Sample> Starts => starts;

    /// <summary>The machine, in the words of QEMU's command line.</summary>
    public string Machine => $"{QemuCommand.Program} {string.Join(' ', QemuCommand.Machine(Describe(TargetSystem.Serai, boots[0], "", [], null)))}";

    /// <summary>Measures the rows.</summary>
    public Results Measure(IReadOnlyList<Row> rows)
    {
        foreach (Row row in rows.Where(row => !boots.Any(boot => boot.Guest == row.Guest)))
            problems.Add($"row {row.Key}: bench/boots has no {row.Guest}");
        var results = new Results([.. rows.Where(IsMeasurable)], settings.Systems);
        foreach (Boot boot in boots.Where(boot => results.Rows.Any(row => row.Guest == boot.Guest)))
            Measure(results, boot, [.. results.Rows.Where(row => row.Guest == boot.Guest)]);
        problems.AddRange(Checks.Sums(results));
        return results;
    }

    /// <summary>One row on Serai, its instructions counted by address.</summary>
    public CountsFile Trace(Row row)
    {
        Boot boot = boots.FirstOrDefault(boot => boot.Guest == row.Guest && boot.Systems.Contains(TargetSystem.Serai))
            ?? throw new InvalidDataException($"bench/boots has no {row.Guest} for Serai");
        return Once(new Results([row], [TargetSystem.Serai]), TargetSystem.Serai, boot, [row], "", row);
    }

    // A guest that prints no times has nothing to show where instructions are not counted.
    private bool IsMeasurable(Row row) => settings.CountsInstructions || boots.Any(boot => boot.Guest == row.Guest && boot.TakesRows);

    private void Measure(Results results, Boot boot, IReadOnlyList<Row> rows)
    {
        int rounds = settings.CountsInstructions ? 1 : settings.Rounds;
        for (int round = 1; round <= rounds; round++)
        {
            foreach (TargetSystem system in settings.Systems.Where(boot.Systems.Contains))
            {
                CountsFile counts = Once(results, system, boot, rows, rounds == 1 ? "" : $", round {round} of {rounds}", null);
                if (counts.UntilFirstMark is { } start)
                    starts.TryAdd((boot.Guest, system), start);
            }
        }
    }

    private CountsFile Once(Results results, TargetSystem system, Boot boot, IReadOnlyList<Row> rows, string turn, Row? traced)
    {
        string stem = Path.Combine(output, "bench", $"{system.Key()}-{boot.Guest}");
        var clock = Stopwatch.StartNew();
        string? trouble = settings.Replay ? null : Run(Describe(system, boot, stem, rows, traced), stem);
        GuestConsole console = GuestConsole.Parse(Lines(ConsoleOf(stem)));
        CountsFile counts = CountsFile.Parse(Lines(stem + ".counts"));
        problems.AddRange(Checks.Boot(system, boot.Guest, trouble, console, settings.CountsInstructions ? counts : null, rows,
            boot.TakesRows ? settings.Repetitions : null));
        results.Add(system, rows, counts, console);
        Console.Error.WriteLine($"    {boot.Guest} on {system.Title()}{turn}: {rows.Count} rows, {clock.Elapsed.TotalSeconds:F0} s");
        return counts;
    }

    private string? Run(MachineDescription machine, string stem)
    {
        File.Delete(stem + ".counts");
        return MachineRun.ToItsEnd(machine, stem + ".qemu", TimeSpan.FromSeconds(settings.Patience));
    }

    private MachineDescription Describe(TargetSystem system, Boot boot, string stem, IReadOnlyList<Row> rows, Row? traced)
    {
        string? plugin = settings.CountsInstructions ? $"out={stem}.counts" + (traced is null ? "" : $",row={traced.Number}") : null;
        return GuestMachine.Of(system, output, boot, boot.Filled(system, Words(boot, rows)), settings, ConsoleOf(stem), plugin);
    }

    private static string ConsoleOf(string stem) => stem + ".console";

    // A PV kernel's command line has 1024 bytes at most. A guest that is told nothing performs every row.
    private string Words(Boot boot, IReadOnlyList<Row> rows)
    {
        string keys = string.Join(',', rows.Select(row => row.Key));
        string chosen = keys.Length > 700 ? "" : $"bench.rows={keys} ";
        return boot.TakesRows ? $"{chosen}bench.repetitions={settings.Repetitions}" : "";
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
