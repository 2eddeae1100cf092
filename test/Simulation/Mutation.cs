using System;
using System.Collections.Generic;
using System.Globalization;

namespace Serai.Simulation;

/// <summary>
/// Which of the faults that <c>./run mutate</c> puts into a copy of the sources is on, and which of them a test came by. In the sources themselves
/// nothing asks.
/// </summary>
public static class Mutation
{
    /// <summary>The environment variable that turns a fault on from the process's first instruction; none is where it is not set.</summary>
    public const string Variable = "SERAI_MUTANT";

    /// <summary>More faults than the lists will ever hold.</summary>
    private const int Most = 1 << 14;

    private static readonly bool[] asked = new bool[Most];

    /// <summary>The number of the one that is on, from 1; 0: none.</summary>
    public static int Number { get; set; } =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int number) ? number : 0;

    /// <summary>Whether it is this one.</summary>
    public static bool Is(int fault)
    {
        asked[fault] = true;
        return Number == fault;
    }

    /// <summary>The faults whose places were come by since the last call.</summary>
    public static List<int> TakeAsked()
    {
        var all = new List<int>();
        for (int fault = Array.IndexOf(asked, true); fault >= 0; fault = Array.IndexOf(asked, true, fault + 1))
            all.Add(fault);
        Array.Clear(asked);
        return all;
    }
}
