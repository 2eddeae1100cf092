using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench;

/// <summary>Boots every guest on every system, by turns, and gathers what they leave in out/bench.</summary>
public sealed class Campaign(Settings settings, IReadOnlyList<Boot> boots, string output)
{
    private readonly List<string> problems = [];

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Measures the rows.</summary>
    public async Task<Results> Measure(IReadOnlyList<Row> rows)
    {
        var results = new Results(rows, settings.Systems);
        foreach (Boot boot in boots.Where(boot => rows.Any(row => row.Guest == boot.Guest)))
        {
            IReadOnlyList<Row> booted = [.. rows.Where(row => row.Guest == boot.Guest)];
            for (int round = 1; round <= (settings.CountsInstructions ? 1 : settings.Rounds); round++)
            {
                foreach (TargetSystem system in settings.Systems.Where(boot.Systems.Contains))
                    await Once(results, system, boot, booted, round);
            }
        }
        foreach (Row row in rows.Where(row => !boots.Any(boot => boot.Guest == row.Guest)))
            problems.Add($"row {row.Key}: bench/boots has no {row.Guest}");
        problems.AddRange(Checks.Sums(results));
        return results;
    }

    /// <summary>Boots one guest, with the instructions of one row counted by address when <paramref name="traced"/> is given.</summary>
    public async Task<CountsFile> Once(Results results, TargetSystem system, Boot boot, IReadOnlyList<Row> rows, int round, Row? traced = null)
    {
        string stem = Path.Combine(output, "bench", $"{system.Key()}-{boot.Guest}");
        var clock = Stopwatch.StartNew();
        QemuCommand command = Command(system, boot, stem, rows, traced);
        foreach (string stale in (string[])[stem + ".counts", command.Console])
            File.Delete(stale);
        string? trouble = await Qemu.Run(command, stem + ".qemu", TimeSpan.FromSeconds(settings.Patience));
        GuestConsole console = GuestConsole.Parse(Lines(command.Console));
        CountsFile? counts = settings.CountsInstructions ? CountsFile.Parse(Lines(stem + ".counts")) : null;
        problems.AddRange(Checks.Boot(system, boot.Guest, trouble, console, counts, rows, boot.TakesRows ? settings.Repetitions : null));
        results.Add(system, rows, counts ?? CountsFile.Parse([]), console);
        string turn = settings.CountsInstructions ? "" : $", round {round} of {settings.Rounds}";
        Console.Error.WriteLine($"    {boot.Guest} on {system.Title()}{turn}: {rows.Count} rows, {clock.Elapsed.TotalSeconds:F0} s");
        return counts ?? CountsFile.Parse([]);
    }

    private QemuCommand Command(TargetSystem system, Boot boot, string stem, IReadOnlyList<Row> rows, Row? traced) => new()
    {
        System = system,
        Output = output,
        Modules = boot.Filled(system, Words(boot, rows)),
        Megabytes = boot.Megabytes,
        Processors = boot.Processors,
        HypervisorWords = boot.HypervisorWords,
        Accelerator = settings.Accelerator,
        Cpu = settings.Accelerator == "kvm" ? "host" : "max,-smap,-la57,-erms,-pku",
        CountsInstructions = settings.CountsInstructions,
        Plugin = settings.CountsInstructions ? $"out={stem}.counts" + (traced is null ? "" : $",row={traced.Number}") : null,
        Console = stem + ".console",
    };

    // A PV kernel's command line has 1024 bytes at most. A guest that is told nothing performs every row.
    private string Words(Boot boot, IReadOnlyList<Row> rows)
    {
        string keys = string.Join(',', rows.Select(row => row.Key));
        string chosen = keys.Length > 700 ? "" : $"bench.rows={keys} ";
        return boot.TakesRows ? $"{chosen}bench.repetitions={settings.Repetitions}" : "";
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
