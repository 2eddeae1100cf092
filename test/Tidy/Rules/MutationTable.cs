using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Mutate;
using Serai.Tidy.Sources;

namespace Serai.Tidy.Rules;

/// <summary>The faults of test/Mutations fit the sources: each stretch stands in its file once, so `./run mutate` can put it in.</summary>
public static class MutationTable
{
    private const string Folder = "test/Mutations/";

    /// <summary>Lists that are not as they must be, and mutations that do not fit.</summary>
    public static IEnumerable<Finding> Check(SourceTree tree)
    {
        foreach (SourceFile list in tree.Files.Where(file => file.IsIn(Folder)))
        {
            List<Mutation> mutations = [];
            string? broken = null;
            try
            {
                mutations.AddRange(MutationList.Parse(list.Text, list.Path));
            }
            catch (InvalidDataException fault)
            {
                broken = fault.Message;
            }
            if (broken is not null)
                yield return list.At(1, broken);
            foreach (Mutation mutation in mutations)
            {
                string? misfit = tree.Find(mutation.File) is SourceFile source ? mutation.Misfit(source.Text) : $"there is no file {mutation.File}";
                misfit ??= mutation.Tests.Split(' ').All(word => Names(tree, word)) ? null : $"there are no hosted tests '{mutation.Tests}'";
                if (misfit is not null)
                    yield return list.At(LineOf(list, mutation), misfit);
            }
        }
    }

    private static bool Names(SourceTree tree, string word)
        => word.Length == 0
            || tree.Files.Any(file => file.IsIn("test/Hypervisor.Tests/") && file.Text.Contains($"class {word}", StringComparison.Ordinal));

    private static int LineOf(SourceFile list, Mutation mutation) => list.Lines.ToList().IndexOf("## " + mutation.Name) + 1;
}
