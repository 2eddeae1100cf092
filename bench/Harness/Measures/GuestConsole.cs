using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Serai.Bench.Measures;

/// <summary>What a guest's console showed: its verdict and a line for each repetition.</summary>
public sealed partial class GuestConsole
{
    private GuestConsole(IReadOnlyList<BenchLine> lines, bool passed, string? trouble) => (Lines, Passed, Trouble) = (lines, passed, trouble);

    /// <summary>The repetitions.</summary>
    public IReadOnlyList<BenchLine> Lines { get; }

    /// <summary>Whether the guest got to its end and was content.</summary>
    public bool Passed { get; }

    /// <summary>What the guest complained of.</summary>
    public string? Trouble { get; }

    /// <summary>Reads the console.</summary>
    public static GuestConsole Parse(IEnumerable<string> text)
    {
        string[] lines = [.. text];
        string? trouble = lines.Select(line => Failure().Match(line)).FirstOrDefault(match => match.Success)?.Value.Trim();
        bool passed = trouble is null && Array.Exists(lines, line => line.Contains("PASS bench", StringComparison.Ordinal));
        return new GuestConsole([.. lines.Select(BenchLine.Parse).OfType<BenchLine>()], passed, trouble);
    }

    [GeneratedRegex(@"\bFAIL .*$|Kernel panic - .*$|PANIC.*$")]
    private static partial Regex Failure();
}
