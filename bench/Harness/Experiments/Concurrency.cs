using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>
/// Figure 4 of the paper of 2003: 1 to 16 stock Debian guests with the same mix of work (bench/domains/guest), and as many groups of processes on
/// native Linux: how many units of it they do together in a second. All are there from the beginning; the first 2^k work in window k.
/// </summary>
public sealed partial class Concurrency : Experiment
{
    private const string Words = "console=hvc0 quiet rdinit=/init role=work";

    /// <inheritdoc/>
    public override string Name => "concurrency";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["domains"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        int windows = laboratory.IsQuick ? 2 : 5, count = 1 << (windows - 1);
        PointFile points = laboratory.Points(Name);
        string groups = $"rdinit=/init role=work groups={count} from=5000 windows={windows}";
        Add(TargetSystem.Native, laboratory.OnNative("concurrency-native", "3G", groups));
        Add(TargetSystem.Serai, laboratory.OnSerai("concurrency-serai", "3G", "",
        [
            $"guests/vmlinuz-cloud domain=w memory=96M copies={count} ramdisk -- {Words} windows={windows} from={8000 + (4000 * count)}",
            "bench/guest.initramfs",
        ], count, Passed()));
        if (!laboratory.IsQuick)
            Add(TargetSystem.Xen, OnXen(laboratory, count, windows));

        void Add(TargetSystem system, string[] console)
        {
            foreach (WorkDone work in WorkDone.Add(console) ?? throw laboratory.Broken($"concurrency-{system.Key()}", WorkDone.Missing))
                points.Add("units of work a second, together", system, work.Workers, work.Amount, "units/s", decimals: 4);
        }
    }

    // In an initial domain of 512 MiB the thirteenth `xl create` lost the connection to xenstored; in one of 1 GiB all sixteen are created.
    private static string[] OnXen(Laboratory laboratory, int count, int windows) => laboratory.OnXen("concurrency-xen", "3G",
        "dom0_mem=1024M,max:1024M", ["guests/vmlinuz-cloud", "bench/guest.initramfs"], string.Create(CultureInfo.InvariantCulture, $$"""
        number=1
        while [ $number -le {{count}} ]; do
            create w$number vmlinuz-cloud guest.initramfs 96 "{{Words}} windows={{windows}} from={{20000 + (4000 * count)}} copy=$number"
            number=$((number + 1))
        done
        rest_until {{22 + (4 * count) + (3 * windows)}}
        wait_for {{count}} 'PASS worker' 60
        show

        """));

    [GeneratedRegex("PASS worker")]
    private static partial Regex Passed();
}
