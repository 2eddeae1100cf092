using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Serai.Boot.Tests.Harness;

/// <summary>
/// A line of test/Calls/meant: <c>call | Serai's answer | Xen's answer | reason</c>. In the first three a star stands for anything, and braces for
/// one of the words between them, which commas part. A line is about every call that its pattern fits and no earlier line's.
/// </summary>
public sealed partial record MeantDifference(string Call, string Serai, string Xen, string Reason)
{
    /// <summary>Reads the file; what is empty or begins with # says nothing.</summary>
    public static IReadOnlyList<MeantDifference> ReadAll(IEnumerable<string> lines)
        => [.. lines.Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    /// <summary>Whether the line is about a call.</summary>
    public bool IsAbout(string call) => Fits(Call, call);

    /// <summary>Whether the two answers are those that it expects.</summary>
    public bool Allows(string serai, string xen) => Fits(Serai, serai) && Fits(Xen, xen);

    private static bool Fits(string pattern, string text)
        => Regex.IsMatch(text, "^" + Expression(Regex.Escape(pattern)) + "$");

    // What Regex.Escape makes of a star and of an opening brace; it leaves the closing one and the comma.
    private static string Expression(string escaped) => Alternatives().Replace(
        escaped.Replace("\\*", ".*", StringComparison.Ordinal), braces => "(?:" + braces.Groups[1].Value.Replace(',', '|') + ")");

    [GeneratedRegex(@"\\\{([^}]*)\}")]
    private static partial Regex Alternatives();

    private static MeantDifference Parse(string line)
    {
        string[] parts = [.. line.Split('|').Select(part => part.Trim())];
        if (parts.Length != 4 || parts.Any(part => part.Length == 0))
            throw new InvalidDataException($"test/Calls/meant: '{line}' is not call | Serai | Xen | reason");
        return new MeantDifference(parts[0], parts[1], parts[2], parts[3]);
    }
}
