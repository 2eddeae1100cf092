using System.Globalization;
using System.Text.RegularExpressions;

namespace Serai.Bench.Measures;

/// <summary>
/// What a program prints of a repetition: how many operations took how long by the guest's clock, and a checksum of the work, the same
/// everywhere.
/// </summary>
public sealed partial record BenchLine(string Key, long Operations, long Nanoseconds, string Check)
{
    /// <summary>Nanoseconds per operation.</summary>
    public double Each => (double)Nanoseconds / Operations;

    /// <summary>The line in what the console shows, which may have the domain's name before it; null where there is none.</summary>
    public static BenchLine? Parse(string text)
    {
        Match match = Form().Match(text);
        if (!match.Success)
            return null;
        long operations = long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        long nanoseconds = long.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        return operations > 0 ? new BenchLine(match.Groups[1].Value, operations, nanoseconds, match.Groups[4].Value) : null;
    }

    [GeneratedRegex(@"\bBENCH key=(\S+) operations=(\d{1,18}) nanoseconds=(\d{1,18}) check=([0-9a-f]{16})\s*$")]
    private static partial Regex Form();
}
