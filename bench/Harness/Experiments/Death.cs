using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>
/// What a domain that computes loses while one of 1 GiB beside it is taken apart, on one processor. The worker (bench/domains/Worker) works in three
/// windows; the other ends at the beginning of the second one, on Serai by powering off, on Xen by `xl destroy`.
/// </summary>
public sealed partial class Death : Experiment
{
    private const int Window = 2000, Gap = 1000;

    /// <inheritdoc/>
    public override string Name => "death";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["domains"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        PointFile points = laboratory.Points(Name);
        Add(laboratory, points, TargetSystem.Serai, OnSerai(laboratory));
        if (!laboratory.IsQuick)
            Add(laboratory, points, TargetSystem.Xen, OnXen(laboratory));
    }

    private void Add(Laboratory laboratory, PointFile points, TargetSystem system, string[] console)
    {
        double[] done = [.. console.Select(line => Done().Match(line)).Where(match => match.Success)
            .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        if (done.Length != 3 || done.Any(portions => portions == 0))
            throw laboratory.Broken($"{Name}-{system.Key()}", "the worker did not tell what it did in three windows");
        points.Add("portions of the worker alone, in 2 s", system, 1, done[0], "portions");
        points.Add("portions while 1 GiB beside it dies", system, 1, done[1], "portions");
        points.Add("portions afterwards", system, 1, done[2], "portions");
        points.Add("time of the processor lost by the death", system, 1, (done[0] - done[1]) / done[0] * Window, "ms", decimals: 1);
    }

    private string[] OnSerai(Laboratory laboratory) => laboratory.OnSerai($"{Name}-serai", "2G", "dom0_mem=64M",
    [
        $"bench-worker.elf domain=worker memory=8M -- from=10000 windows=3 window={Window} gap={Gap}",
        $"bench-worker.elf domain=victim memory=1024M -- copy=1000 from=10000 windows=1 window={Window} gap={Gap} ends=1",
    ], 2, Passed());

    // The dead keep their memory until they are destroyed (domains.sh has them preserved).
    private string[] OnXen(Laboratory laboratory) => laboratory.OnXen($"{Name}-xen", "3G", "", ["bench-worker.elf"],
        string.Create(CultureInfo.InvariantCulture, $$"""
        create worker bench-worker.elf none 8 "from=60000 windows=3 window={{Window}} gap={{Gap}}"
        create victim bench-worker.elf none 1024 "copy=1000 from=60000 windows=1 window={{Window}} gap={{Gap}} ends=1"
        rest_until 63
        xl destroy victim
        rest_until 72
        wait_for 2 'PASS worker' 60
        show

        """));

    [GeneratedRegex("PASS worker")]
    private static partial Regex Passed();

    [GeneratedRegex(@"^\(worker\) WORK workers=\d+ portions=(\d+) ")]
    private static partial Regex Done();
}
