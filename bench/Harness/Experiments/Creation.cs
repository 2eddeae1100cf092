using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>
/// What it takes to create a domain, in instructions, and what memory beside its own: from the beginning of the building (Serai) or of `xl create`
/// (Xen) to the first instruction of a small C# guest, and to the first process of a stock Debian one. Each sleeps before the next is created.
/// </summary>
public sealed partial class Creation : Experiment
{
    private const int SmallKibibytes = 8192, FrameKibibytes = 4;

    /// <inheritdoc/>
    public override string Name => "creation";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => ["domains"];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        int small = laboratory.IsQuick ? 4 : 32, large = laboratory.IsQuick ? 1 : 4;
        PointFile points = laboratory.Points(Name);
        SmallOnSerai(laboratory, points, small);
        foreach (int count in (int[])[.. new SortedSet<int> { 1, large }])
            LargeOnSerai(laboratory, points, count);
        if (laboratory.IsQuick)
            return;
        CreationOnXen.Small(laboratory, points, small);
        CreationOnXen.Large(laboratory, points, large);
    }

    /// <summary>Adds the instructions of creating a small guest, at powers of two. Both times are by the machine's clock, by number.</summary>
    internal static void AddSmall(PointFile points, TargetSystem system, Dictionary<int, long> began, Dictionary<int, long> first)
    {
        for (int number = 1; began.TryGetValue(number, out long begin) && first.TryGetValue(number, out long at); number *= 2)
            points.Add("small guest, to its first instruction", system, number, at - begin, "instructions");
    }

    /// <summary>Adds the memory that a domain took beside its own, in KiB.</summary>
    internal static void AddBeside(PointFile points, TargetSystem system, int count, double kibibytes)
        => points.Add("the hypervisor's memory for a domain, beside its own", system, count, kibibytes - SmallKibibytes, "KiB", decimals: 1);

    /// <summary>Adds the instructions until the first process of a Debian guest.</summary>
    internal static void AddLarge(PointFile points, TargetSystem system, int count, long instructions)
        => points.Add("Debian guest, to its first process", system, count, instructions, "instructions");

    /// <summary>The number in each line that a form fits, by the number before it; the last where there are several.</summary>
    internal static Dictionary<int, long> Numbers(string[] console, Regex form)
    {
        var numbers = new Dictionary<int, long>();
        foreach (Match match in console.Select(line => form.Match(line)).Where(match => match.Success))
            numbers[int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)] = Number(match.Groups[2]);
        return numbers;
    }

    /// <summary>A group's number.</summary>
    internal static long Number(Group group) => long.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static void SmallOnSerai(Laboratory laboratory, PointFile points, int count)
    {
        string[] console = laboratory.OnSerai("creation-small-serai", "2G", "",
            [$"bench-worker.elf domain=w memory=8M copies={count} -- windows=0 from=5000"], count, Passed());
        AddSmall(points, TargetSystem.Serai, Numbers(console, BuildingOfSmall()), Numbers(console, FirstInstruction()));
        Dictionary<int, long> free = Numbers(console, FreeFrames());
        if (free.Count < 2)
            throw laboratory.Broken("creation-small-serai", "no frames were counted");
        long taken = free[free.Keys.Min()] - free[free.Keys.Max()];
        AddBeside(points, TargetSystem.Serai, count, (double)taken * FrameKibibytes / (free.Count - 1));
    }

    // They are all built before the first runs, so the last is made to start again while the others sleep.
    private static void LargeOnSerai(Laboratory laboratory, PointFile points, int count)
    {
        string name = $"creation-large-{count}-serai";
        IEnumerable<string> guests = Enumerable.Range(1, count).SelectMany(number => (string[])
        [
            $"guests/vmlinuz-cloud domain=l{number} memory=96M ramdisk -- console=hvc0 quiet rdinit=/init role=arrive "
                + $"again={(number == count ? 6000 + (4000 * count) : 0)}",
            "bench/guest.initramfs",
        ]);
        string[] console = laboratory.OnSerai(name, "2G", "",
            [.. guests, "bench-worker.elf domain=clock memory=8M -- windows=0 from=60000"], count + 1, Userland());
        Match ahead = console.Select(line => CounterAhead().Match(line)).LastOrDefault(match => match.Success) ?? Match.Empty;
        if (!ahead.Success || !Numbers(console, BuildingOfLarge()).TryGetValue(count, out long began)
            || !Numbers(console, Arrival()).TryGetValue(count, out long arrived))
            throw laboratory.Broken(name, "the last guest did not tell when it began or arrived");
        AddLarge(points, TargetSystem.Serai, count, arrived - began - Number(ahead.Groups[1]));
    }

    [GeneratedRegex("PASS worker")]
    private static partial Regex Passed();

    [GeneratedRegex("USERLAND")]
    private static partial Regex Userland();

    [GeneratedRegex(@"domain w(\d+): its building began at (\d+) ns")]
    private static partial Regex BuildingOfSmall();

    [GeneratedRegex(@"\(w(\d+)\) hello: first instruction at (\d+) ns")]
    private static partial Regex FirstInstruction();

    [GeneratedRegex(@"domain w(\d+) starts: .* (\d+) frames free")]
    private static partial Regex FreeFrames();

    [GeneratedRegex(@"domain l(\d+): its building began at (\d+) ns")]
    private static partial Regex BuildingOfLarge();

    [GeneratedRegex(@"\(l(\d+)\) USERLAND at (\d+)$")]
    private static partial Regex Arrival();

    [GeneratedRegex(@"counter ahead by (-?\d+)$")]
    private static partial Regex CounterAhead();
}
