using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Serai.Bench.Experiments;

/// <summary>How often the lock was held for one kind of work, for how many nanoseconds in all, and after how many of waiting.</summary>
public sealed record LockSum(string Kind, long Holds, long Held, long Waited);

/// <summary>
/// What the checked image tells of its lock (Hypervisor/Dumps/LockReport): for how long it was watched, the sums by kind of work, and what the first
/// processor did last, a stretch without the lock and one with it after the other.
/// </summary>
public sealed partial record LockTrace(long Watched, IReadOnlyList<LockSum> Sums, IReadOnlyList<Stretch> Stretches)
{
    /// <summary>The part of the time that somebody held the lock.</summary>
    public double Held => (double)Sums.Sum(sum => sum.Held) / Watched;

    /// <summary>Reads one report from its lines. Where a part of it is missing, an InvalidDataException.</summary>
    public static LockTrace Parse(IEnumerable<string> report)
    {
        string[] lines = [.. report];
        long watched = lines.Select(line => WatchedFor().Match(line)).Where(match => match.Success).Select(match => Number(match, 1)).LastOrDefault();
        LockSum[] sums = [.. lines.Select(line => SumOf().Match(line)).Where(match => match.Success)
            .Select(match => new LockSum(match.Groups[4].Value, Number(match, 1), Number(match, 2), Number(match, 3)))];
        Stretch[] stretches = [.. lines.Where(line => line.Contains("stretches of the lock:", System.StringComparison.Ordinal))
            .SelectMany(line => StretchOf().Matches(line)).Select(match => new Stretch(Number(match, 1), Number(match, 2)))];
        return watched > 0 && sums.Length > 0 && stretches.Length > 0 ? new LockTrace(watched, sums, stretches)
            : throw new InvalidDataException("the checked image did not tell of its lock what it should");
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"the lock was watched for (\d+) ns$")]
    private static partial Regex WatchedFor();

    [GeneratedRegex(@"the lock was held (\d+) times, (\d+) ns in all after (\d+) ns of waiting, for (.+)$")]
    private static partial Regex SumOf();

    [GeneratedRegex(@"(\d+)\+(\d+)")]
    private static partial Regex StretchOf();
}
