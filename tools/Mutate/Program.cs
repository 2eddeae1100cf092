using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Mutate;

/// <summary>
/// <c>Mutate ROOT TREE [TEXT]</c> puts every fault of ROOT/test/Mutations into a copy of the sources at TREE, builds the hosted tests on it once, and
/// runs them with one fault on at a time: a fault that no test notices is a hole in the tests. TEXT: only those whose names contain one of its
/// words, which commas divide; where it ends with two dots, those from the first such on.
/// </summary>
public static class Program
{
    /// <summary>Exit status 0: every fault was noticed; 1: some were not, or the sources are not as the lists say; 2: wrong arguments.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments.Length is not (2 or 3))
            return Fail(2, "usage: Mutate ROOT TREE [TEXT]");
        try
        {
            List<Mutation> all = MutationList.ReadAll(Path.Combine(arguments[0], "test", "Mutations"));
            List<Mutation> live = [.. all.Where(it => it.Equivalent.Length == 0)];
            HashSet<Mutation> chosen = Choose(all, arguments.Length > 2 ? arguments[2] : "");
            foreach (Mutation mutation in all.Where(it => it.Equivalent.Length != 0 && chosen.Contains(it)))
                Console.WriteLine($"    same    {mutation.Name}: {mutation.Equivalent}");
            MutatedTree.Make(arguments[0], arguments[1], live);
            using var tests = new HostedTests(arguments[1]);
            return RunAll(tests, live, chosen);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Fail(1, fault.Message);
        }
    }

    private static HashSet<Mutation> Choose(List<Mutation> all, string text)
    {
        const string AndOn = "..";
        string[] words = text.Replace(AndOn, "", StringComparison.Ordinal).Split(',');
        bool IsNamed(Mutation mutation) => Array.Exists(words, word => mutation.Name.Contains(word, StringComparison.Ordinal));
        return [.. text.EndsWith(AndOn, StringComparison.Ordinal) ? all.SkipWhile(it => !IsNamed(it)) : all.Where(IsNamed)];
    }

    private static int RunAll(HostedTests tests, List<Mutation> mutations, HashSet<Mutation> chosen)
    {
        if (tests.Build() is string errors)
            return Fail(1, $"the mutated sources do not build\n{errors}");
        if (tests.FirstBroken() is string broken)
            return Fail(1, $"without any fault {broken} fails");
        int noticed = 0, survived = 0;
        for (int index = 0; index < mutations.Count; index++)
        {
            Mutation mutation = mutations[index];
            if (!chosen.Contains(mutation))
                continue;
            string? killer = tests.FirstFailure(index + 1, mutation.Tests);
            bool asNamed = killer is not null && Array.Exists(mutation.Tests.Split(' '), killer.Contains);
            Console.WriteLine(killer is null
                ? $"    ALIVE   {mutation.Name}: {mutation.Fault} ({mutation.File})"
                : $"    killed  {mutation.Name}: {killer}{(asNamed || mutation.Tests.Length == 0 ? "" : ", not by the tests that its list names")}");
            _ = killer is null ? survived++ : noticed++;
        }
        Console.WriteLine($"{noticed} passed, {survived} failed");
        return survived == 0 && noticed > 0 ? 0 : 1;
    }

    private static int Fail(int status, string reason)
    {
        Console.Error.WriteLine($"Mutate: {reason}");
        return status;
    }
}
