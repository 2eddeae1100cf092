using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Serai.Bench.Experiments;

/// <summary>What so many guests did together in a second of the machine.</summary>
public sealed partial record WorkDone(int Workers, double Amount)
{
    /// <summary>What is wrong where they do not add up.</summary>
    public const string Missing = "the workers' sums differ, or one is missing or did nothing";

    private sealed record Portion(int Workers, long Amount, long Nanoseconds, string Sum);

    /// <summary>
    /// Adds up what guests say of each window, by the number of workers. Null unless all of them are there, did something, and worked out the same.
    /// </summary>
    public static IReadOnlyList<WorkDone>? Add(IEnumerable<string> console)
    {
        Portion[] portions = [.. console.Select(line => Said().Match(line)).Where(match => match.Success).Select(Read)];
        ILookup<int, Portion> windows = portions.ToLookup(portion => portion.Workers);
        bool same = portions.Select(portion => portion.Sum).Distinct().Count() == 1;
        if (!same || Array.Exists(portions, portion => portion.Amount == 0) || windows.Any(window => window.Count() != window.Key))
            return null;
        return [.. windows.OrderBy(window => window.Key).Select(window => new WorkDone(window.Key, Each(window)))];
    }

    private static double Each(IEnumerable<Portion> window)
        => Math.Round(window.Sum(portion => portion.Amount) * 1e9 / window.Max(portion => portion.Nanoseconds), 4);

    private static Portion Read(Match match)
        => new((int)Number(match, 1), Number(match, 2), Number(match, 3), match.Groups[4].Value);

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"WORK workers=(\d+) portions=(\d+) nanoseconds=(\d+) sum=(0x[0-9a-f]+)")]
    private static partial Regex Said();
}
