using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Serai.Bench.Measures;
using Serai.Symbols;

namespace Serai.Bench.Reports;

/// <summary>Where in the hypervisor a row's instructions were, by function; the names come from `llvm-nm --numeric-sort`.</summary>
public sealed class FunctionList
{
    private readonly List<ulong> starts = [];
    private readonly List<string> names = [];

    /// <summary>
    /// Reads lines of ADDRESS KIND NAME. Of several names of one address the first counts; local labels belong to the function before.
    /// </summary>
    public FunctionList(IEnumerable<string> lines)
    {
        foreach (string[] words in lines.Select(line => line.Split(' ')).Where(words => words.Length == 3 && words[1] is "t" or "T"))
        {
            ulong address = Convert.ToUInt64(words[0], 16);
            if (starts.Count > 0 && starts[^1] == address)
                continue;
            MethodName name = MethodName.Of(words[2]);
            starts.Add(address);
            names.Add(name.Type.Length == 0 ? name.Method : $"{name.Type[(name.Type.LastIndexOf('.') + 1)..]}.{name.Method}");
        }
    }

    /// <summary>Prints instructions per operation by function, the most first.</summary>
    public void Print(TextWriter output, CountsFile counts, Rows.Row row)
    {
        double operations = counts.Of(row.Number).Sum(sample => (double)sample.Operations);
        output.WriteLine($"{row.Title}: instructions per operation by function");
        foreach (var group in counts.Addresses.GroupBy(pair => NameOf(pair.Key)).OrderByDescending(group => group.Sum(pair => (double)pair.Value)))
            output.WriteLine($"{group.Sum(pair => (double)pair.Value) / operations,10:F1}  {group.Key}");
    }

    private string NameOf(ulong address)
    {
        int index = starts.BinarySearch(address);
        index = index < 0 ? ~index - 1 : index;
        return index < 0 ? address.ToString("x") : names[index];
    }
}
