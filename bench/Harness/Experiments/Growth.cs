using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;
using Serai.Bench.Measures;
using Serai.Bench.Rows;
using Serai.Emulators;

namespace Serai.Bench.Experiments;

/// <summary>
/// What an operation costs beside 1, 16, 128 and 1,000 other domains that sleep. The pair of bench/Pair measures itself when all of them are there,
/// and one more domain is made and leaves. Counted as rows are; one nanosecond of the machine's clock is one instruction.
/// </summary>
public sealed partial class Growth : Experiment
{
    private const string Unit = "instructions";

    private static readonly string[] Keys = ["switch-domains", "event-domains", "poll-domains", "grant-domains", "timer-fire", "timer-wake"];

    /// <inheritdoc/>
    public override string Name => "growth";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["growth"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        PointFile points = laboratory.Points(Name, Name);
        IReadOnlyList<Row> rows = RowFile.Parse(File.ReadLines("bench/rows"));
        foreach (int others in laboratory.IsQuick ? (int[])[1, 16] : [1, 16, 128, 1000])
        {
            string name = $"growth-{others}", counts = laboratory.FileOf(name, "counts");
            string[] console = laboratory.ToItsEnd(name, TargetSystem.Serai, Machine(laboratory, name, others, counts));
            CountsFile counted = CountsFile.Parse(File.ReadLines(counts));
            foreach (Row row in Keys.Select(key => rows.First(row => row.Key == key)))
                Add(row.Key, Middle(counted.Of(row.Number)));
            Add("creation", Told(console, FirstInstruction()) - Told(console, Building()));
            Add("death", Told(console, TakenApart()));

            void Add(string key, long? instructions) => points.Add(key, TargetSystem.Serai, others,
                instructions ?? throw laboratory.Broken(name, $"nothing was counted for {key}"), Unit);
        }
    }

    private static MachineDescription Machine(Laboratory laboratory, string name, int others, string counts)
    {
        string[] modules =
        [
            "bench-pair.elf role=first peer=1 after=10000 timers=1",
            "bench-pair.elf domain=second memory=2M -- role=second peer=0",
            $"example-ticker.elf domain=other memory=2M copies={others} -- every=10000000",
            "example-ticker.elf domain=extra memory=2M copies=1 -- every=500 ticks=1 ends=1",
        ];
        return laboratory.Machine(name, "4G", "serai", "console=com1 loglvl=info dom0_mem=64M", modules) with
        {
            Plugin = GuestMachine.Counter(laboratory.Output, $"out={counts}"),
        };
    }

    // Of an even count the lower of the two in the middle.
    private static long? Middle(IReadOnlyList<Sample> samples)
        => samples.Count == 0 ? null : (long)(samples.Select(sample => sample.Hypervisor).Order().ElementAt((samples.Count - 1) / 2) + 0.5);

    private static long? Told(string[] console, Regex form)
        => console.Select(line => form.Match(line)).FirstOrDefault(match => match.Success) is { } match ? Creation.Number(match.Groups[1]) : null;

    [GeneratedRegex(@"domain extra1: its building began at (\d+) ns")]
    private static partial Regex Building();

    [GeneratedRegex(@"\(extra1\) hello: first instruction at (\d+) ns")]
    private static partial Regex FirstInstruction();

    [GeneratedRegex(@"domain extra1: tearing it down took (\d+) ns")]
    private static partial Regex TakenApart();
}
