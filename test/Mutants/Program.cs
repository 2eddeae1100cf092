using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Serai.Simulation;
using Xunit.Sdk;

namespace Serai.Mutants;

/// <summary>
/// <c>Mutants follow FILE</c> runs all hosted tests without a fault and writes to FILE which faults' places each comes by.
/// <c>Mutants alone</c> runs all of them, with the fault on that the environment names, to the first failure.
/// <c>Mutants serve FILE</c> reads lines from its input, each the number of a fault and parts of the names of tests to begin with, and runs, with
/// that fault on, the tests that come by its place, to the first failure. tools/Mutate calls it.
/// </summary>
/// <remarks>
/// Answers are lines of the output that begin with '@': `@within SECONDS` (what the tests of the fault take in all without it), `@failed NAME`,
/// `@passed`, and `@spoilt NAME` where the test that failed goes on failing with the fault off again, so this process is of no more use.
/// </remarks>
public static class Program
{
    private const string Mark = "@";

    /// <summary>Exit status 0: it was answered; 2: wrong arguments.</summary>
    public static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["follow", string file]:
                Course.Save(new Suite().Follow(out string? broken), file);
                Answer(broken);
                return 0;
            case ["alone"]:
                var suite = new Suite();
                Answer(suite.FirstFailure(suite.Cases));
                return 0;
            case ["serve", string file]:
                Serve(new Suite(), Course.Load(file).ToDictionary(course => course.Test));
                return 0;
            default:
                Console.Error.WriteLine("usage: Mutants follow FILE | alone | serve FILE");
                return 2;
        }
    }

    private static void Serve(Suite suite, Dictionary<string, Course> courses)
    {
        while (Console.ReadLine() is string line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int fault = int.Parse(words[0], CultureInfo.InvariantCulture);
            IXunitTestCase[] named = [.. suite.Cases.Where(test => words.Skip(1).Any(Suite.NameOf(test).Contains))];
            IXunitTestCase[] touched = [.. suite.Cases
                .Where(test => courses.TryGetValue(test.UniqueID, out Course? course) && course.Faults.Contains(fault))
                .OrderBy(test => courses[test.UniqueID].Seconds)];
            decimal seconds = touched.Sum(test => courses[test.UniqueID].Seconds);
            Say(string.Create(CultureInfo.InvariantCulture, $"within {seconds}"));
            Answer(fault, suite, [.. touched.Intersect(named)], [.. touched.Except(named)]);
        }
    }

    /// <summary>The named tests are run first, then more and more of the others, the quick ones before the slow.</summary>
    private static void Answer(int fault, Suite suite, IXunitTestCase[] named, IXunitTestCase[] others)
    {
        const int Growth = 4;
        if (TryFail(fault, suite, named))
            return;
        for (int begin = 0, count = Growth; begin < others.Length; begin += count, count *= Growth)
        {
            if (TryFail(fault, suite, [.. others.Skip(begin).Take(count)]))
                return;
        }
        Answer(null);
    }

    private static bool TryFail(int fault, Suite suite, IXunitTestCase[] tests)
    {
        Mutation.Number = fault;
        string? failed = suite.FirstFailure(tests);
        Mutation.Number = 0;
        if (failed is null)
            return false;
        string? still = suite.FirstFailure(tests.Where(test => Suite.NameOf(test) == failed));
        Say(still is null ? $"failed {failed}" : $"spoilt {failed}");
        return true;
    }

    private static void Answer(string? failed) => Say(failed is null ? "passed" : $"failed {failed.Split('\n')[0]}");

    private static void Say(string words)
    {
        Console.Out.WriteLine(Mark + words);
        Console.Out.Flush();
    }
}
