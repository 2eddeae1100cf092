using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Reports;
using Serai.Bench.Rows;
using Serai.Emulators;

namespace Serai.Bench;

/// <summary>The harness of `./run bench`, run in the root of the repository after tools/run/bench.sh has built what it boots.</summary>
internal static class Program
{
    private const string Page = "docs/performance.md";

    private static readonly string[] QuickKeys = ["null-syscall", "fork-exit", "pipe-latency"];

    private static readonly string Output = Path.GetFullPath("out");

    private static int Main(string[] arguments)
    {
        try
        {
            return Run(Settings.Parse(arguments));
        }
        catch (Exception exception) when (exception is InvalidDataException or UnmetExpectationException)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            return 1;
        }
    }

    private static int Run(Settings settings)
    {
        Experiment[] asked = [.. Experiment.All.Where(it => settings.All || settings.Words.Contains(it.Name))];
        if (settings.Needs)
        {
            Console.WriteLine(string.Join(' ', asked.SelectMany(it => it.Needs).Distinct()));
            return 0;
        }
        var laboratory = new Laboratory(Output, settings.Quick, settings.Replay);
        foreach (Experiment experiment in asked)
            experiment.Run(laboratory);
        IReadOnlyList<Row> rows = RowFile.Parse(File.ReadLines("bench/rows"));
        var campaign = new Campaign(settings, Boot.ParseAll(File.ReadLines("bench/boots")), Output);
        if (settings.Symbols is not null)
            Trace(settings.Symbols, campaign, rows);
        else
            Measure(settings, campaign, rows);
        return Judge(campaign);
    }

    private static void Measure(Settings settings, Campaign campaign, IReadOnlyList<Row> rows)
    {
        IReadOnlyList<ExperimentResults> experiments = settings.Quick && settings.Words.Count == 0 ? []
            : ExperimentResults.Load(Path.Combine(Output, "bench"));
        string[] words = [.. settings.Words.Except(Experiment.All.Select(it => it.Name).Where(name => !rows.Any(row => row.Topic == name)))];
        bool onlyExperiments = settings.Words.Count > 0 && words.Length == 0;
        // One that leaves no points has said all there is.
        if (onlyExperiments && !experiments.Any(it => settings.Words.Contains(it.Name)))
            return;
        IReadOnlyList<Row> chosen = onlyExperiments ? [] : Choose(rows, settings.Quick && words.Length == 0 ? QuickKeys : words);
        string commit = Origin.Measured(Output, settings.Replay);
        Results results = campaign.Measure(chosen);
        var report = new Report(settings, Origin.Find(Output, campaign.Machine, settings.Command, commit), results,
            [.. experiments.Where(it => settings.Words.Count == 0 || settings.Words.Contains(it.Name))])
        {
            Sizes = (settings.Words.Count == 0 || settings.Record) && !settings.Quick ? Sizes.Find(Output) : null,
            Starts = campaign.Starts,
        };
        report.Print(Console.Out);
        Save(settings, report, campaign);
    }

    private static void Save(Settings settings, Report report, Campaign campaign)
    {
        if (settings.Quick)
            return;
        File.WriteAllText(Path.Combine(Output, "bench", "bench.json"), report.Json(campaign.Problems));
        report.Plot(Path.Combine(Output, "bench", "plots"));
        Console.Error.WriteLine("    the same, with every sample: out/bench/bench.json; plots: out/bench/plots");
        if (!settings.Record || campaign.Problems.Count > 0)
            return;
        foreach (string missing in report.Record(Page))
            Console.Error.WriteLine($"    {Page} has no place for {missing}");
    }

    private static IReadOnlyList<Row> Choose(IReadOnlyList<Row> rows, IReadOnlyList<string> words)
    {
        (IReadOnlyList<Row> chosen, string? unknown) = Selection.Choose(rows, words);
        return unknown is null ? chosen
            : throw new InvalidDataException($"'{unknown}' is no topic, row, guest or experiment; rows are {Keys(rows)}");
    }

    private static string Keys(IReadOnlyList<Row> rows) => string.Join(' ', rows.Select(row => row.Key));

    private static int Judge(Campaign campaign)
    {
        foreach (string problem in campaign.Problems)
            Console.Error.WriteLine($"BROKEN: {problem}");
        return campaign.Problems.Count == 0 ? 0 : 1;
    }

    // Of Serai only: Debian's Xen comes without symbols.
    private static void Trace(string key, Campaign campaign, IReadOnlyList<Row> rows)
    {
        Row row = Choose(rows, [key])[0];
        CountsFile counts = campaign.Trace(row);
        new FunctionList(File.ReadLines(Path.Combine(Output, "bench", "names"))).Print(Console.Out, counts, row);
    }
}
