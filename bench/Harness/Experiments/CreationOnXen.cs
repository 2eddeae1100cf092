using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>The part of <see cref="Creation"/> that Debian's Xen does, with its toolstack.</summary>
public static partial class CreationOnXen
{
    /// <summary>Small guests one after the other, and what is free in the machine and in the initial domain before and after.</summary>
    public static void Small(Laboratory laboratory, PointFile points, int count)
    {
        string[] console = laboratory.OnXen("creation-small-xen", "2G", "", ["bench-worker.elf"], $$"""
            megabytes before
            number=1
            while [ $number -le {{count.ToString(CultureInfo.InvariantCulture)}} ]; do
                create w$number bench-worker.elf none 8 'windows=0 from=60000'
                wait_for $number hello 60
                number=$((number + 1))
            done
            megabytes after
            wait_for {{count.ToString(CultureInfo.InvariantCulture)}} 'PASS worker' 60
            show

            """);
        Creation.AddSmall(points, TargetSystem.Xen, Creation.Numbers(console, CreatedSmall()), FirstInstructions(console));
        Match[] free = [.. console.Select(line => Free().Match(line)).Where(match => match.Success)];
        if (free.Length != 2)
            throw laboratory.Broken("creation-small-xen", "what is free was not told twice");
        Creation.AddBeside(points, TargetSystem.Xen, count, (double)Difference(free, 1) * 1024 / count);
        points.Add("the initial domain's memory for a domain", TargetSystem.Xen, count, (double)Difference(free, 2) / count, "KiB", decimals: 1);
    }

    /// <summary>Debian guests one after the other.</summary>
    public static void Large(Laboratory laboratory, PointFile points, int count)
    {
        string[] console = laboratory.OnXen("creation-large-xen", "2G", "", ["guests/vmlinuz-cloud", "bench/guest.initramfs"], $$"""
            number=1
            while [ $number -le {{count.ToString(CultureInfo.InvariantCulture)}} ]; do
                create l$number vmlinuz-cloud guest.initramfs 96 'console=hvc0 quiet rdinit=/init role=arrive'
                wait_for $number USERLAND 60
                number=$((number + 1))
            done
            show

            """);
        Dictionary<int, long> began = Creation.Numbers(console, CreatedLarge()), arrived = Creation.Numbers(console, Arrival());
        foreach (int number in (int[])[1, count])
        {
            if (!began.TryGetValue(number, out long begin) || !arrived.TryGetValue(number, out long at))
                throw laboratory.Broken("creation-large-xen", $"guest {number} did not tell when it began or arrived");
            Creation.AddLarge(points, TargetSystem.Xen, number, at - begin);
        }
    }

    // By the initial domain's clock: the guest's own and what that is behind.
    private static Dictionary<int, long> FirstInstructions(string[] console)
        => console.Select(line => FirstInstruction().Match(line)).Where(match => match.Success).ToDictionary(
            match => (int)Creation.Number(match.Groups[1]), match => Creation.Number(match.Groups[2]) + Creation.Number(match.Groups[3]));

    private static long Difference(Match[] free, int group) => Creation.Number(free[0].Groups[group]) - Creation.Number(free[1].Groups[group]);

    [GeneratedRegex(@"^CREATED w(\d+) from (\d+) to ")]
    private static partial Regex CreatedSmall();

    [GeneratedRegex(@"^CREATED l(\d+) from (\d+) to ")]
    private static partial Regex CreatedLarge();

    [GeneratedRegex(@"^\(w(\d+)\) hello: first instruction at (\d+) ns, counter ahead by (-?\d+)$")]
    private static partial Regex FirstInstruction();

    [GeneratedRegex(@"^\(l(\d+)\) USERLAND at (\d+)$")]
    private static partial Regex Arrival();

    [GeneratedRegex(@"^FREE \w+ machine (\d+) MiB, initial domain (\d+) kB")]
    private static partial Regex Free();
}
