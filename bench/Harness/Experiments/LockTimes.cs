using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;
using Serai.Emulators;

namespace Serai.Bench.Experiments;

/// <summary>
/// What the one lock costs: stock Debian guests, one a processor, that do nothing but fork, on 1, 2 and 4 processors with the checked image, and what
/// the model makes of the trace of one processor for 2 to 64 of them. The machine's clock counts the instructions of all processors, which take
/// turns: how fast each would be beside the others only the model tells.
/// </summary>
public sealed partial class LockTimes : Experiment
{
    private const string StraightChord = "\u001e", Key = "fork-exit";
    private const long Duration = 50_000_000;

    /// <inheritdoc/>
    public override string Name => "lock";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["checked"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        PointFile points = laboratory.Points(Name, "lock");
        var measured = new SortedDictionary<int, LockTrace>();
        foreach (int processors in laboratory.IsQuick ? new[] { 1, 2 } : [1, 2, 4])
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"lock-{processors}");
            string[] console = laboratory.OnChecked(name, processors, Modules(processors), qemu => Watch(qemu, processors));
            measured[processors] = LockTrace.Parse(Watched(laboratory, name, console));
            Tell(points, processors, measured[processors]);
        }
        foreach (string line in Compare(points, measured))
            Console.WriteLine(line);
    }

    private static string[] Modules(int guests) => [.. Enumerable.Range(1, guests).SelectMany(number => (string[])
    [
        string.Create(CultureInfo.InvariantCulture, $"guests/vmlinuz domain=g{number} memory=192M ramdisk -- ")
            + $"console=hvc0 quiet transparent_hugepage=never rdinit=/init bench.rows={Key} bench.repetitions=9",
        "bench/linux.initramfs",
    ])];

    // Once every guest forks, all is measured afresh, and told when each has done two rounds more.
    private static void Watch(QemuMachine qemu, int guests)
    {
        int start = Rounds(qemu, guests, 1, 0);
        qemu.Type(StraightChord + "l");
        int afresh = qemu.Expect("the lock is measured afresh", start).Index + 1;
        int end = Rounds(qemu, guests, 2, afresh);
        qemu.Type("l");
        qemu.Expect("the lock is measured afresh", end);
    }

    // Waits until each guest has told of so many rounds more; the place of the last line that did.
    private static int Rounds(QemuMachine qemu, int guests, int rounds, int from)
    {
        var seen = new Dictionary<string, int>();
        Line last = qemu.Expect($"{rounds} rounds of {guests} guests", line =>
        {
            if (Round().Match(line.Text) is { Success: true } round)
                seen[round.Groups[1].Value] = seen.GetValueOrDefault(round.Groups[1].Value) + 1;
            return seen.Count == guests && seen.Values.All(count => count >= rounds);
        }, from);
        return last.Index;
    }

    // What was said while it was measured, when all guests forked.
    private static string[] Watched(Laboratory laboratory, string name, string[] console)
    {
        int[] ends = [.. console.Index().Where(line => line.Item.Contains("the lock is measured afresh", StringComparison.Ordinal))
            .Select(line => line.Index)];
        return ends.Length >= 2 ? console[ends[^2]..ends[^1]]
            : throw laboratory.Broken(name, "the lock was not measured");
    }

    private static void Tell(PointFile points, int processors, LockTrace trace)
    {
        Console.WriteLine(FormattableString.Invariant($"{processors} processors, a guest each: the lock was held {trace.Held:P1} of the time"));
        foreach (LockSum sum in trace.Sums.OrderByDescending(sum => sum.Held))
        {
            double held = (double)sum.Held / trace.Watched;
            string each = FormattableString.Invariant($"{sum.Held / sum.Holds,7} ns each  {sum.Waited / sum.Holds,7} ns of waiting each");
            Console.WriteLine(FormattableString.Invariant($"  {sum.Kind,-16} {sum.Holds,8} times  {held,7:P2} held  {each}"));
            points.Add($"held for {sum.Kind}", TargetSystem.Serai, processors, 100 * held, "% of the time", decimals: 2);
        }
        points.Add("waited for", TargetSystem.Serai, processors, 100 * (double)trace.Sums.Sum(sum => sum.Waited) / trace.Watched, "% of the time",
            decimals: 2);
    }

    private static IEnumerable<string> Compare(PointFile points, SortedDictionary<int, LockTrace> measured)
    {
        LockTrace one = measured[1];
        (double gap, double hold) = (one.Stretches.Average(it => it.Gap), one.Stretches.Average(it => it.Hold));
        yield return FormattableString.Invariant($"{one.Stretches.Count} stretches traced: {gap:0} without the lock, {hold:0} with it on average");
        yield return "processors  speed by the model  lock held  longest wait   lock held in the run";
        for (int count = 1; count <= 64; count *= 2)
        {
            ModelProcessor[] processors = [.. Enumerable.Range(0, count).Select(_ => new ModelProcessor(one.Stretches))];
            ModelOutcome outcome = LockModel.Run(processors, inLine: false, Duration);
            points.Add("speed by the model", TargetSystem.Serai, count, outcome.Speed, "of one alone", decimals: 3);
            string line = FormattableString.Invariant($"{count,10}  {outcome.Speed,18:0.000}  {outcome.Held,9:P1}  {outcome.LongestWait,12}");
            if (measured.TryGetValue(count, out LockTrace? run))
                line += FormattableString.Invariant($"  {run.Held,20:P1}");
            yield return line;
        }
    }

    [GeneratedRegex(@"^\((\w+)\) BENCH key=fork-exit operations=(\d+) nanoseconds=(\d+) ")]
    private static partial Regex Round();
}
