using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Reports;

namespace Serai.Bench.Experiments;

/// <summary>
/// The cost of porting, counted: writes the table of docs/guestkit.md anew from the sources; bench/porting says what belongs to which part. It boots
/// nothing, and has said all when it has printed the table.
/// </summary>
public sealed class Porting : Experiment
{
    private const string Page = "docs/guestkit.md", Place = "src/GuestKit", Examples = "examples";

    private static readonly string[] Comments = ["//", "#", "/*", "*"];

    /// <inheritdoc/>
    public override string Name => "porting";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Needs => [];

    /// <inheritdoc/>
    public override void Run(Laboratory laboratory)
    {
        string table = string.Join('\n', Table());
        Console.WriteLine(table);
        var document = new Document(File.ReadAllText(Page));
        document.Put(Name, table);
        if (document.Missing.Count > 0)
            throw new InvalidDataException($"{Page} has no place for {Name}");
        File.WriteAllText(Page, document.Text);
    }

    private static IEnumerable<string> Table()
    {
        (string Name, string[] Files)[] parts = [.. File.ReadLines("bench/porting").Where(line => !line.StartsWith('#')).Select(Part)];
        string[] named = [.. parts.SelectMany(part => part.Files)];
        string[] others = [.. Sources().Except(named).Where(file => file != "Properties.cs")];
        yield return "| part | lines of code | with comments |";
        yield return "|---|---|---|";
        foreach ((string name, string[] files) in parts)
            yield return Line(name, files, "");
        yield return Line("together", named, "**");
        yield return Line("what only tests of the ABI and drivers of devices want", others, "");
        foreach (string example in Directory.GetDirectories(Examples).Order(StringComparer.Ordinal))
        {
            string[] files = [.. Directory.GetFiles(example, "*.cs").Select(file => Path.GetRelativePath(Place, file))];
            yield return Line($"example: {Path.GetFileName(example)}", files, "");
        }
    }

    private static (string Name, string[] Files) Part(string line)
    {
        string[] parts = line.Split('|');
        return (parts[0], parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Place, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".S").Select(file => Path.GetRelativePath(Place, file))
        .Where(file => !file.Split('/').Any(folder => folder is "obj" or "bin"));

    // Lines that are neither empty nor only a comment, and those that are not empty.
    private static string Line(string name, IEnumerable<string> files, string strong)
    {
        IEnumerable<string> all = files.SelectMany(file => File.ReadLines(Path.Combine(Place, file)));
        string[] lines = [.. all.Select(line => line.Trim()).Where(line => line.Length > 0)];
        int code = lines.Count(line => !Array.Exists(Comments, mark => line.StartsWith(mark, StringComparison.Ordinal)));
        return $"| {strong}{name}{strong} | {strong}{code}{strong} | {strong}{lines.Length}{strong} |";
    }
}
