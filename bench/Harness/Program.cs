using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Reports;
using Serai.Bench.Rows;

namespace Serai.Bench;

/// <summary>The harness of `./run bench`, run in the root of the repository after tools/run/bench.sh has built what it boots.</summary>
internal static class Program
{
    private static readonly string[] QuickKeys = ["null-syscall", "fork-exit", "pipe-latency"];

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            return await Run(Settings.Parse(arguments));
        }
        catch (InvalidDataException exception)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            return 1;
        }
    }

    private static async Task<int> Run(Settings settings)
    {
        IReadOnlyList<Row> rows = RowFile.Parse(File.ReadLines("bench/rows"));
        var campaign = new Campaign(settings, Boot.ParseAll(File.ReadLines("bench/boots")), Path.GetFullPath("out"));
        if (settings.Symbols is not null)
            return await Trace(settings, campaign, rows);
        string[] words = settings.Quick && settings.Words.Count == 0 ? QuickKeys : [.. settings.Words];
        (IReadOnlyList<Row> chosen, string? unknown) = Selection.Choose(rows, words);
        if (unknown is not null)
            throw new InvalidDataException($"'{unknown}' is no topic, row, guest or experiment; rows are {Keys(rows)}");
        Results results = await campaign.Measure(chosen);
        new InstructionTables(results).Print(Console.Out);
        return Judge(campaign);
    }

    private static string Keys(IReadOnlyList<Row> rows) => string.Join(' ', rows.Select(row => row.Key));

    private static int Judge(Campaign campaign)
    {
        foreach (string problem in campaign.Problems)
            Console.Error.WriteLine($"BROKEN: {problem}");
        return campaign.Problems.Count == 0 ? 0 : 1;
    }

    // Of Serai only: Debian's Xen comes without symbols.
    private static async Task<int> Trace(Settings settings, Campaign campaign, IReadOnlyList<Row> rows)
    {
        Row row = rows.FirstOrDefault(row => row.Key == settings.Symbols)
            ?? throw new InvalidDataException($"no row '{settings.Symbols}'; there are {Keys(rows)}");
        Boot boot = Boot.ParseAll(File.ReadLines("bench/boots")).First(boot => boot.Guest == row.Guest);
        CountsFile counts = await campaign.Once(new Results([row], [TargetSystem.Serai]), TargetSystem.Serai, boot, [row], 1, row);
        new FunctionList(File.ReadLines("out/bench/names")).Print(Console.Out, counts, row);
        return Judge(campaign);
    }
}
