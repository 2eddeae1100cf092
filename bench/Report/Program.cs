using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Serai.Report;

/// <summary>
/// Report table ROWS DIRECTORY: the table of DIRECTORY/{serai,xen}-{micro,linux}.counts, and DIRECTORY/bench.json.
/// Report number ROWS KEY: the number of a row's mark.
/// Report functions ROWS KEY COUNTS NAMES: a traced row by function.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length < 3)
            return Complain("usage: Report table|number|functions ROWS ...");
        IReadOnlyList<Row> rows = Row.Load(arguments[1]);
        if (arguments[0] == "table")
            return Table(rows, arguments[2]);
        if (rows.FirstOrDefault(row => row.Key == arguments[2]) is not { } chosen)
            return Complain($"no row '{arguments[2]}'; there are: {string.Join(' ', rows.Select(row => row.Key))}");
        if (arguments[0] == "number")
            Console.WriteLine(chosen.Number);
        else
            new FunctionList(arguments[4]).Print(Console.Out, Counts.Load(arguments[3]), chosen);
        return 0;
    }

    private static int Table(IReadOnlyList<Row> rows, string directory)
    {
        var table = new ComparisonTable(rows, Load(directory, "serai"), Load(directory, "xen"));
        table.Print(Console.Out);
        table.Save(Path.Combine(directory, "bench.json"));
        return 0;
    }

    private static Counts Load(string directory, string system)
        => Counts.Load(Path.Combine(directory, $"{system}-micro.counts"), Path.Combine(directory, $"{system}-linux.counts"));

    private static int Complain(string reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
