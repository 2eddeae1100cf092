using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Mutate;

/// <summary>
/// A copy of the sources with all mutations in it, so that one build serves them all: an environment variable says which fault is on.
/// </summary>
public static class MutatedTree
{
    /// <summary>The environment variable that holds the number of the fault that is on, from 1 (test/Simulation/Mutation.cs).</summary>
    public const string Variable = "SERAI_MUTANT";

    /// <summary>Copies what the hosted tests are built from, and puts the faults in, the first with number 1.</summary>
    public static void Make(string root, string tree, IReadOnlyList<Mutation> mutations)
    {
        if (Directory.Exists(tree))
            Directory.Delete(tree, recursive: true);
        foreach (string folder in new[] { "src", "test", "tools" })
            Copy(Path.Combine(root, folder), Path.Combine(tree, folder));
        foreach (string file in Directory.EnumerateFiles(root))
            File.Copy(file, Path.Combine(tree, Path.GetFileName(file)));
        // What the tests read of packages.
        Directory.CreateDirectory(Path.Combine(tree, "out"));
        Directory.CreateSymbolicLink(Path.Combine(tree, "out", "guests"), Path.Combine(Path.GetFullPath(root), "out", "guests"));
        foreach (IGrouping<string, (Mutation It, int Number)> file in mutations.Select((it, index) => (it, index + 1)).GroupBy(pair => pair.it.File))
            Put(Path.Combine(tree, file.Key), file);
    }

    /// <summary>Replaces from the file's end to its beginning, by places of the text as it was, so that stretches may lie on one line.</summary>
    private static void Put(string path, IEnumerable<(Mutation It, int Number)> mutations)
    {
        string original = File.ReadAllText(path), text = original;
        int before = int.MaxValue;
        foreach ((Mutation it, int number, int place) in mutations
            .Select(pair => (pair.It, pair.Number, Place: PlaceOf(pair.It, original))).OrderByDescending(one => one.Place))
        {
            if (place + it.Old.Length > before)
                throw new InvalidDataException($"mutation {it.Name} overlaps another: make its stretch smaller");
            string replacement = it.New.Replace(Mutation.Word, $"global::Serai.Simulation.Mutation.Is({number})", StringComparison.Ordinal);
            text = text[..place] + replacement + text[(place + it.Old.Length)..];
            before = place;
        }
        File.WriteAllText(path, text);
    }

    private static int PlaceOf(Mutation mutation, string text)
        => mutation.Misfit(text) is string misfit ? throw new InvalidDataException(misfit) : text.IndexOf(mutation.Old, StringComparison.Ordinal);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.EnumerateDirectories(from).Where(it => Path.GetFileName(it) is not ("bin" or "obj" or "out")))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
