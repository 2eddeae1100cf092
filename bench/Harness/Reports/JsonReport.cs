using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serai.Bench.Experiments;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;

namespace Serai.Bench.Reports;

/// <summary>out/bench/bench.json, whose form is in bench/README.md: everything measured; worked out from it is only the middle.</summary>
public static class JsonReport
{
    /// <summary>The form's name; it changes when a reader of the file would have to.</summary>
    public const string Schema = "serai-bench/1";

    private static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file's text.</summary>
    public static string Write(Settings settings, Origin origin, Results results, IReadOnlyList<ExperimentResults> experiments,
        IReadOnlyList<string> problems)
    {
        var report = new
        {
            schema = Schema,
            mode = settings.CountsInstructions ? "icount" : "wall",
            date = origin.Date.ToString("yyyy-MM-ddTHH:mm:ssZ"),
            origin.Commit,
            origin.Command,
            origin.Machine,
            origin.Versions,
            problems,
            rows = results.Rows.Select(row => Entry(results, row)),
            targets = settings.CountsInstructions ? new Targets(results).Outcomes() : [],
            experiments = experiments.Select(Entry),
        };
        return JsonSerializer.Serialize(report, Form) + "\n";
    }

    private static object Entry(Results results, Row row) => new
    {
        row.Number, row.Key, row.Guest, row.Topic, row.Title, systems = results.Of(row).ToDictionary(found => found.System.Key(), Entry),
    };

    private static object Entry(Measured found) => new
    {
        middle = found.Middle,
        found.Samples,
        times = found.Lines.Select(line => new { line.Operations, line.Nanoseconds, line.Check }),
    };

    private static object Entry(ExperimentResults experiment) => new
    {
        experiment.Name,
        ended = experiment.Ended.ToString("yyyy-MM-ddTHH:mm:ssZ"),
        points = experiment.Points.Select(point => new { point.Topic, point.Key, system = point.System.Key(), point.X, point.Value, point.Unit }),
    };
}
