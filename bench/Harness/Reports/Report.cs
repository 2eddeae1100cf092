using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Plots;
using Serai.Bench.Rows;

namespace Serai.Bench.Reports;

/// <summary>All that is told of one run: on the terminal, as JSON, as plots, and in docs/performance.md.</summary>
public sealed class Report(Settings settings, Origin origin, Results results, IReadOnlyList<ExperimentResults> experiments)
{
    private readonly ITopicTables topicTables = settings.CountsInstructions ? new InstructionTables(results) : new TimeTables(results);

    /// <summary>What Serai takes, where that was looked at.</summary>
    public Sizes? Sizes { get; init; }

    /// <summary>Instructions from reset to the first mark, by guest and system.</summary>
    public IReadOnlyDictionary<(string Guest, TargetSystem System), Sample> Starts { get; init; } =
        new Dictionary<(string Guest, TargetSystem System), Sample>();

    private string Prefix => settings.CountsInstructions ? "" : "wall-";

    private IEnumerable<string> Topics => RowFile.Topics.Where(topic => results.Rows.Any(row => row.Topic == topic && results.Of(row).Any()));

    /// <summary>Prints the tables, one a topic, and how many rows reach the targets.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine();
        output.Write(Provenance());
        string[] tables = [.. Topics.Select(Table), .. experiments.Select(Table), Summary(), SizeTable()];
        foreach (string table in tables.Where(text => text.Length > 0))
            output.Write("\n" + table);
        output.WriteLine();
        output.WriteLine(Honesty.Words(settings));
    }

    /// <summary>The same as JSON.</summary>
    public string Json(IReadOnlyList<string> problems) => JsonReport.Write(settings, origin, results, experiments, problems);

    /// <summary>Writes the plots into a directory.</summary>
    public void Plot(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (string topic in Topics)
            Save(directory, Prefix + topic, Chart(topic));
        foreach (ExperimentResults experiment in experiments)
            Save(directory, "experiment-" + experiment.Name, LineChart.Draw(experiment));
    }

    /// <summary>Writes tables and plots into docs/performance.md and beside it; the names of the parts for which that page has no place.</summary>
    public IReadOnlyList<string> Record(string page)
    {
        string plots = Path.ChangeExtension(page, null);
        var document = new Document(File.ReadAllText(page));
        document.Put(Prefix + "machine", Fenced(Provenance()));
        foreach (string topic in Topics.Where(IsWhole))
            document.Put(Prefix + topic, Fenced(Table(topic)) + Footnote() + (Chart(topic) is null ? "" : Picture(plots, Prefix + topic, topic)));
        foreach (ExperimentResults experiment in experiments)
            RecordExperiment(document, plots, experiment);
        if (IsSummed)
            document.Put("summary", Fenced(Summary()) + Footnote());
        if (Sizes is not null)
            document.Put("sizes", Fenced(SizeTable()) + Footnote());
        Plot(plots);
        File.WriteAllText(page, document.Text);
        return document.Missing;
    }

    private static void RecordExperiment(Document document, string plots, ExperimentResults experiment)
    {
        string name = "experiment-" + experiment.Name;
        string picture = LineChart.Draw(experiment) is null ? "" : Picture(plots, name, experiment.Name);
        document.Put(name, Fenced(Table(experiment)) + $"\n`./run bench {experiment.Name}`\n" + picture);
    }

    private static string Fenced(string text) => $"```\n{text.TrimEnd()}\n```\n";

    private static void Save(string directory, string name, string? picture)
    {
        if (picture is not null)
            File.WriteAllText(Path.Combine(directory, name + ".svg"), picture);
    }

    private static string Picture(string plots, string name, string words)
        => $"\n![{words}]({Path.GetFileName(plots)}/{name}.svg)\n";

    // Of one topic, or of single rows, it would say little; the line below it says of which it is.
    private bool IsSummed => settings.CountsInstructions && Topics.Count(IsWhole) > 1;

    // A topic is recorded as a whole or not at all.
    private bool IsWhole(string topic) => settings.Words.Count == 0 || settings.Words.Contains(topic);

    private string Footnote() => $"\nCommit {origin.Commit}, {origin.Day}{(settings.Words.Count > 3 ? "" : $", `{origin.Command}`")}\n";

    private string Provenance()
    {
        IEnumerable<string> lines = origin.Versions.Select(version => $"{version.Key + ":",-9} {version.Value}");
        return string.Join('\n', (string[])
            [$"machine:  {origin.Machine}", .. lines, $"date:     {origin.Day}", $"command:  {origin.Command}"]) + "\n";
    }

    private string? Chart(string topic) => new TopicChart(results, !settings.CountsInstructions).Draw(topic);

    private string Table(string topic) => Text(output => topicTables.Print(output, topic));

    private static string Table(ExperimentResults experiment) => Text(output => ExperimentTables.Print(output, experiment));

    private string Summary() => settings.CountsInstructions ? Text(output => new Targets(results).Print(output)) : "";

    private string SizeTable() => Text(output =>
    {
        Sizes?.Print(output);
        StartTable(output);
    });

    // The micro-guest is nearly nothing, the other the stock kernel with little in its initramfs.
    private void StartTable(TextWriter output)
    {
        var table = new TextTable("millions of instructions to the first row", "on", "firmware, loader, programs", "kernel", "hypervisor", "all");
        foreach (((string guest, TargetSystem system), Sample sample) in Starts.Where(start => start.Key.Guest is "micro" or "linux-1"))
        {
            double[] parts = [sample.Applications, sample.Kernel, sample.Hypervisor, sample.Total];
            table.Add([guest, system.Title(), .. parts.Select(count => Numbers.Count(count / 1e6))]);
        }
        if (Starts.Count > 0)
            table.Print(output);
    }

    private static string Text(Action<TextWriter> print)
    {
        using var writer = new StringWriter();
        print(writer);
        return writer.ToString();
    }
}
