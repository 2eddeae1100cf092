using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>Who opens README.md sees at once how to run it and how to test it.</summary>
public static partial class FirstScreen
{
    private const int Lines = 30;

    /// <summary>A README.md without the two commands among its first lines.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        if (tree.Find("README.md") is not SourceFile readme)
            return [new Finding("README.md", 1, "there is none")];
        string[] screen = [.. readme.Lines.Take(Lines)];
        var findings = new List<Finding>();
        if (!Array.Exists(screen, line => RunAlone().IsMatch(line)))
            findings.Add(readme.At(1, $"`./run` is not in the first {Lines} lines"));
        if (!Array.Exists(screen, line => RunTest().IsMatch(line)))
            findings.Add(readme.At(1, $"`./run test` is not in the first {Lines} lines"));
        return findings;
    }

    [GeneratedRegex(@"^\s*(\$ )?\./run\s*(#.*|\s\s.*)?$|`\./run`")]
    private static partial Regex RunAlone();

    [GeneratedRegex(@"^\s*(\$ )?\./run test\b|`\./run test`")]
    private static partial Regex RunTest();
}
