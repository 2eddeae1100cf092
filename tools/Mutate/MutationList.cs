using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Mutate;

/// <summary>
/// Reads the lists of test/Mutations. A mutation is a line `## NAME`, then `file`, `fault` and perhaps `tests` and `equivalent`, a line each with its
/// text behind the word, then the old stretch, each of its lines behind a `-`, and the new one, each behind a `+`.
/// </summary>
public static class MutationList
{
    private const string Heading = "## ";

    /// <summary>All mutations of a folder's lists, by the files' names. Throws InvalidDataException for a list that is not as it must be.</summary>
    public static List<Mutation> ReadAll(string folder)
    {
        var all = new List<Mutation>();
        foreach (string file in Directory.EnumerateFiles(folder, "*.txt").Order(StringComparer.Ordinal))
            all.AddRange(Parse(File.ReadAllText(file), Path.GetFileName(file)));
        if (all.GroupBy(it => it.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidDataException($"two mutations are called {twice.Key}");
        return all;
    }

    /// <summary>The mutations of one list.</summary>
    public static IEnumerable<Mutation> Parse(string text, string file)
    {
        string[] lines = text.Split('\n');
        for (int begin = Array.FindIndex(lines, IsHeading); begin >= 0;)
        {
            int end = Array.FindIndex(lines, begin + 1, IsHeading);
            yield return Read(lines[begin..(end < 0 ? lines.Length : end)], file);
            begin = end;
        }
    }

    private static bool IsHeading(string line) => line.StartsWith(Heading, StringComparison.Ordinal);

    private static Mutation Read(string[] lines, string file)
    {
        string name = lines[0][Heading.Length..];
        string Field(string word) => lines.FirstOrDefault(line => line.StartsWith(word + " ", StringComparison.Ordinal))?[(word.Length + 1)..] ?? "";
        string Stretch(char mark) => string.Join('\n', lines.Where(line => line.StartsWith(mark)).Select(line => line[1..]));
        var mutation = new Mutation(name, Field("file"), Field("fault"), Field("tests"), Field("equivalent"), Stretch('-'), Stretch('+'));
        if (mutation.File.Length == 0 || mutation.Fault.Length == 0 || mutation.Old.Length == 0 || mutation.New.Length == 0)
            throw new InvalidDataException($"{file}: mutation {name} lacks its file, its fault, or a stretch");
        return mutation;
    }
}
