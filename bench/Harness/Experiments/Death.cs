using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;
using Serai.Emulators;

namespace Serai.Bench.Experiments;

/// <summary>
/// What a domain that makes calls loses while one of 1 GiB beside it is taken apart by a processor that has nothing else to do. The worker
/// (bench/domains/Worker) works in two windows of which the second is within the death of the other. On two processors of Bochs, whose clock goes on
/// with each processor's instructions as if all ran at once; under QEMU, which counts those of all together, a processor that takes apart takes the
/// other's time.
/// </summary>
public sealed partial class Death : Experiment
{
    private const int Begin = 9000, Window = 1000, Gap = 200, Calls = 2;

    /// <inheritdoc/>
    public override string Name => "death";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["domains", "bochs"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        PointFile points = laboratory.Points(Name);
        string name = $"{Name}-serai";
        string windows = string.Create(CultureInfo.InvariantCulture, $"from={Begin} window={Window} gap={Gap} calls={Calls}");
        MachineDescription machine = laboratory.Machine(name, "1200M", "serai", "console=com1 loglvl=info guest_loglvl=none dom0_mem=16M",
            $"bench-worker.elf domain=worker memory=8M -- {windows} windows=2",
            $"bench-worker.elf domain=victim memory=1024M -- {windows} copy=4 ends=1")
            with { Cpu = "corei7_haswell_4770", Processors = 2 };
        string[] console = laboratory.OnBochs(name, machine, line => Passed().IsMatch(line.Text));
        double[] done = [.. console.Select(line => Done().Match(line)).Where(match => match.Success)
            .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        if (done.Length != 2 || done.Any(portions => portions == 0))
            throw laboratory.Broken(name, "the worker did not tell what it did in two windows");
        if (!console.Any(line => line.Contains("domain victim: has powered off")) || console.Any(line => line.Contains("domain victim: gone")))
            throw laboratory.Broken(name, "the second window is not within the death");
        points.Add("portions of the worker alone, in a second of Bochs's", TargetSystem.Serai, 2, done[0], "portions");
        points.Add("portions while 1 GiB beside it dies", TargetSystem.Serai, 2, done[1], "portions");
        points.Add("its speed then", TargetSystem.Serai, 2, done[1] / done[0], "of its speed alone", decimals: 3);
    }

    [GeneratedRegex(@"\(worker\) PASS worker")]
    private static partial Regex Passed();

    [GeneratedRegex(@"\(worker\) WORK workers=\d+ portions=(\d+) ")]
    private static partial Regex Done();
}
