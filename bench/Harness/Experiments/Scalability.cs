using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>
/// Figure 6 of the paper of 2003: what 1 to 128 domains that compute get done together, compared with one, at slices of 5 ms and of 50 ms. The guest
/// is C# on GuestKit (bench/domains/Worker), the same image on both. All are there from the beginning; the first 2^k work in window k, the others
/// sleep.
/// </summary>
public sealed partial class Scalability : Experiment
{
    /// <inheritdoc/>
    public override string Name => "scalability";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["domains"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        int windows = laboratory.IsQuick ? 4 : 8, count = 1 << (windows - 1);
        PointFile points = laboratory.Points(Name);
        foreach (int slice in laboratory.IsQuick ? (int[])[5] : [5, 50])
        {
            string module = $"bench-worker.elf domain=w memory=8M copies={count} -- from=3000 windows={windows} slice={slice}";
            string options = $"sched_ratelimit_us={slice}000";
            Add(slice, TargetSystem.Serai, laboratory.OnSerai($"scalability-{slice}-serai", "2G", options, [module], count, Passed()));
            if (!laboratory.IsQuick)
                Add(slice, TargetSystem.Xen, OnXen(laboratory, slice, count, windows));
        }

        void Add(int slice, TargetSystem system, string[] console)
        {
            IReadOnlyList<WorkDone> done = WorkDone.Add(console) ?? throw laboratory.Broken($"scalability-{slice}-{system.Key()}", WorkDone.Missing);
            foreach (WorkDone work in done)
                points.Add($"slices of {slice} ms", system, work.Workers, work.Amount / done[0].Amount, "of one domain's work", decimals: 4);
        }
    }

    // Creation takes the longer the more there are; until the first window nobody works, and time in which nobody works costs nothing.
    private static string[] OnXen(Laboratory laboratory, int slice, int count, int windows) => laboratory.OnXen($"scalability-{slice}-xen", "3G",
        $"sched=credit sched_credit_tslice_ms={slice}", ["bench-worker.elf"], string.Create(CultureInfo.InvariantCulture, $$"""
        number=1
        while [ $number -le {{count}} ]; do
            create w$number bench-worker.elf none 8 "from=60000 windows={{windows}} slice={{slice}} copy=$number"
            number=$((number + 1))
        done
        rest_until 100
        wait_for {{count}} 'PASS worker' 60
        show

        """));

    [GeneratedRegex("PASS worker")]
    private static partial Regex Passed();
}
