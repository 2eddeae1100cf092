using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>
/// docs/abi.md says of each hypercall and sub-operation whether it is done, partly done or absent; here it is held to the dispatcher.
/// A table is held to the source file that the heading above it names (`src/.../X.cs`); if the heading also names an enum
/// (`MmuExtendedCommand`), only labels of that enum count. The first cell of a row is the operation's name as in the C headers, with or
/// without its prefix; one cell says done, partly or absent.
/// </summary>
public static partial class AbiTable
{
    private const string Document = "docs/abi.md";
    private const string Dispatcher = "src/Hypervisor/Traps/Hypercalls.cs";
    private const string DispatchedEnum = "Hypercall";

    private sealed record Row(int Line, string Name, string Status);

    private sealed record Table(int Line, string Source, string Enum, List<Row> Rows);

    private sealed record Label(SourceFile File, SyntaxNode Place, string Enum, string Name);

    /// <summary>
    /// Cases without a row, rows done or partly done without a case, rows without a status; one of the two files without the other.
    /// </summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        SourceFile? document = tree.Find(Document);
        SourceFile? dispatcher = tree.Find(Dispatcher);
        if (document is null && dispatcher is null)
            return [];
        if (document is null)
            return [dispatcher!.At(1, $"{Document}, which tells what of the ABI is done, is missing")];
        if (dispatcher is null)
            return [document.At(1, $"{Dispatcher}, which this describes, is missing")];
        List<Table> tables = Tables(document);
        if (!tables.Exists(table => table.Source == Dispatcher))
            return [document.At(1, $"no table under a heading with `{Dispatcher}`")];
        return tables.SelectMany(table => Compare(tree, document, table));
    }

    private static IEnumerable<Finding> Compare(SourceTree tree, SourceFile document, Table table)
    {
        if (tree.Find(table.Source) is not SourceFile source)
        {
            yield return document.At(table.Line, $"{table.Source} is missing");
            yield break;
        }
        List<Label> labels = [.. Labels(source).Where(label => table.Enum.Length == 0 || label.Enum == table.Enum)];
        foreach (Label label in labels.Where(label => !table.Rows.Exists(row => Fits(row, label))).DistinctBy(label => label.Name))
            yield return source.At(label.Place, $"{label.Name} has no row in {Document}, line {table.Line}");
        foreach (Row row in table.Rows)
        {
            if (row.Status.Length == 0)
                yield return document.At(row.Line, $"'{row.Name}' is neither done nor partly done nor absent");
            else if (row.Status != "absent" && !labels.Exists(label => Fits(row, label)))
                yield return document.At(row.Line, $"'{row.Name}' is {row.Status}, but {table.Source} has no case for it");
        }
    }

    private static bool Fits(Row row, Label label) => Letters(row.Name).EndsWith(Letters(label.Name), StringComparison.Ordinal);

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static IEnumerable<Label> Labels(SourceFile file)
    {
        IEnumerable<ExpressionSyntax> expressions = file.Nodes<CaseSwitchLabelSyntax>().Select(label => label.Value)
            .Concat(file.Nodes<ConstantPatternSyntax>().Select(pattern => pattern.Expression));
        foreach (ExpressionSyntax expression in expressions)
        {
            ExpressionSyntax bare = expression is CastExpressionSyntax cast ? cast.Expression : expression;
            if (bare is MemberAccessExpressionSyntax access)
                yield return new Label(file, bare, access.Expression.ToString().Split('.')[^1], access.Name.Identifier.Text);
        }
    }

    private static List<Table> Tables(SourceFile document)
    {
        var tables = new List<Table>();
        (string source, string name) = ("", "");
        for (int i = 0; i < document.Lines.Length; i++)
        {
            string line = document.Lines[i];
            if (line.StartsWith('#'))
            {
                source = SourcePath().Match(line).Value;
                name = CodeSpan().Match(line).Groups[1].Value;
                if (name.Length == 0 && source == Dispatcher)
                    name = DispatchedEnum;
            }
            bool header = line.StartsWith('|') && i + 1 < document.Lines.Length && Rule().IsMatch(document.Lines[i + 1]);
            if (header && source.Length != 0)
                tables.Add(new Table(i + 1, source, name, Rows(document, i + 2)));
        }
        return tables;
    }

    private static List<Row> Rows(SourceFile document, int start)
    {
        var rows = new List<Row>();
        for (int i = start; i < document.Lines.Length && document.Lines[i].StartsWith('|'); i++)
        {
            string[] cells = [.. document.Lines[i].Trim('|', ' ').Split('|').Select(cell => cell.Trim(' ', '`', '*'))];
            rows.Add(new Row(i + 1, cells[0], cells.FirstOrDefault(cell => cell is "done" or "partly" or "absent") ?? ""));
        }
        return rows;
    }

    [GeneratedRegex(@"src/[\w/]+\.cs")]
    private static partial Regex SourcePath();

    [GeneratedRegex(@"`([A-Z]\w*)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^\|[\s:|-]+\|?\s*$")]
    private static partial Regex Rule();
}
