using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// docs/security.md says of each class of hole by which tests it is shown to be closed. In a table whose last heading is 'Shown by' the last cell
/// of a row names a story of a micro-guest (`folder story`) or a hosted or boot test (`Class.Method`), and each that is named must be there;
/// or it says why there is nothing to show: 'cannot exist', or that it is 'open'.
/// </summary>
public static partial class AdvisoryTable
{
    private const string Document = "docs/security.md";
    private const string Heading = "Shown by";

    /// <summary>Rows that name no test and give no reason, and names of tests that there are not.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        if (tree.Find(Document) is not SourceFile document)
            yield break;
        HashSet<string> tests = [.. Tests(tree)];
        foreach ((int line, string cell) in Cells(document))
        {
            string[] names = [.. CodeSpan().Matches(cell).Select(match => match.Groups[1].Value)];
            foreach (string name in names.Where(name => !tests.Contains(name)))
                yield return document.At(line, $"there is no test '{name}'");
            if (names.Length == 0 && !cell.Contains("cannot exist", StringComparison.Ordinal) && !cell.Contains("open", StringComparison.Ordinal))
                yield return document.At(line, "the row names no test and gives no reason");
        }
    }

    private static IEnumerable<(int Line, string Cell)> Cells(SourceFile document)
    {
        bool inside = false;
        for (int i = 0; i < document.Lines.Length; i++)
        {
            string line = document.Lines[i];
            string last = line.StartsWith('|') ? line.Trim('|', ' ').Split('|')[^1].Trim() : "";
            if (last == Heading)
                inside = true;
            else if (last.Length == 0)
                inside = false;
            else if (inside && !Underline().IsMatch(line))
                yield return (i + 1, last);
        }
    }

    private static IEnumerable<string> Tests(SourceTree tree)
    {
        foreach (SourceFile file in tree.CSharp.Where(file => file.Path.StartsWith("test/", StringComparison.Ordinal)))
        {
            string[] parts = file.Path.Split('/');
            if (parts.Length == 4 && parts[1] == "Guests")
                yield return $"{parts[2]} {Capital().Replace(Path.GetFileNameWithoutExtension(parts[3]), "-$0")}".ToLowerInvariant();
            foreach (MethodDeclarationSyntax method in file.Nodes<MethodDeclarationSyntax>().Where(IsTest))
            {
                if (method.Parent is TypeDeclarationSyntax type)
                    yield return $"{type.Identifier.Text}.{method.Identifier.Text}";
            }
        }
    }

    private static bool IsTest(MethodDeclarationSyntax method)
        => method.AttributeLists.SelectMany(list => list.Attributes).Any(it => it.Name.ToString() is "Fact" or "Theory");

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"^\|[\s:|-]+\|?\s*$")]
    private static partial Regex Underline();
}
