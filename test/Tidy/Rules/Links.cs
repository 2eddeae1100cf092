using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>A link in a text leads somewhere: to a file or folder of the repository, and there to a heading.</summary>
public static partial class Links
{
    /// <summary>Links of *.md files within the repository that lead nowhere. Nothing is fetched for those that lead out.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files.Where(file => file.Extension == ".md"))
        {
            bool code = false;
            for (int i = 0; i < file.Lines.Length; i++)
            {
                if (file.Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
                    code = !code;
                if (code)
                    continue;
                foreach (string target in Targets(file.Lines[i]))
                {
                    if (Fault(tree, file, target) is string fault)
                        yield return file.At(i + 1, fault);
                }
            }
        }
    }

    private static IEnumerable<string> Targets(string line)
    {
        string text = CodeSpan().Replace(line, "");
        return Inline().Matches(text).Concat(Reference().Matches(text)).Select(match => match.Groups[1].Value);
    }

    private static string? Fault(SourceTree tree, SourceFile file, string target)
    {
        if (target.Contains("://") || target.StartsWith("mailto:", StringComparison.Ordinal))
            return null;
        string[] parts = target.Split('#', 2);
        string path = file.Path;
        if (parts[0].Length != 0)
            path = Resolve(file.Path, parts[0]);
        if (!tree.Has(path))
            return $"the link '{target}' leads nowhere";
        if (parts.Length == 2 && tree.Find(path) is { Extension: ".md" } page && !Anchors(page).Contains(parts[1]))
            return $"no heading is called '#{parts[1]}' in {path}";
        return null;
    }

    private static string Resolve(string from, string target)
    {
        string folder = target.StartsWith('/') ? "/" : "/" + Path.GetDirectoryName(from)!.Replace('\\', '/');
        return Path.GetFullPath(Path.Combine(folder, target.TrimStart('/')))[1..].TrimEnd('/');
    }

    // As GitHub and GitLab make them: lower case, dashes for blanks, other signs dropped.
    private static HashSet<string> Anchors(SourceFile page)
    {
        var anchors = new HashSet<string>();
        foreach (string line in page.Lines.Where(line => line.StartsWith('#')))
        {
            string heading = line.TrimStart('#').Trim().ToLowerInvariant();
            anchors.Add(string.Concat(heading.Where(sign => char.IsLetterOrDigit(sign) || sign is ' ' or '-' or '_')).Replace(' ', '-'));
        }
        return anchors;
    }

    [GeneratedRegex(@"\]\(<?([^)\s>]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Inline();

    [GeneratedRegex(@"^\s*\[[^\]]+\]:\s+<?([^\s>]+)")]
    private static partial Regex Reference();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();
}
