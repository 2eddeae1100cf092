using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Serai.Symbols;

namespace Serai.Report;

/// <summary>Where in the hypervisor a row's instructions were, by function; the names come from `llvm-nm --numeric-sort`.</summary>
public sealed class FunctionList
{
    private readonly List<ulong> starts = [];
    private readonly List<string> names = [];

    /// <summary>
    /// Reads lines of ADDRESS KIND NAME. Of several names of one address the first counts; local labels belong to the function before.
    /// </summary>
    public FunctionList(string path)
    {
        foreach (string[] words in File.ReadLines(path).Select(line => line.Split(' ')).Where(words => words.Length == 3 && words[1] is "t" or "T"))
        {
            ulong address = Convert.ToUInt64(words[0], 16);
            if (starts.Count > 0 && starts[^1] == address)
                continue;
            MethodName name = MethodName.Of(words[2]);
            starts.Add(address);
            names.Add(name.Type.Length == 0 ? name.Method : $"{name.Type[(name.Type.LastIndexOf('.') + 1)..]}.{name.Method}");
        }
    }

    /// <summary>Prints instructions per operation by function, the most first, and each function's most frequented instruction's count.</summary>
    public void Print(TextWriter output, Counts counts, Row row)
    {
        double operations = counts.Operations(row);
        output.WriteLine($"{row.Text}: instructions per operation by function");
        foreach (var group in counts.Addresses.GroupBy(pair => NameOf(pair.Key)).OrderByDescending(group => group.Sum(pair => (double)pair.Value)))
        {
            string perOperation = (group.Sum(pair => (double)pair.Value) / operations).ToString("F1", CultureInfo.InvariantCulture);
            output.WriteLine($"{perOperation,10}  {group.Key}");
        }
    }

    private string NameOf(ulong address)
    {
        int index = starts.BinarySearch(address);
        index = index < 0 ? ~index - 1 : index;
        return index < 0 ? address.ToString("x") : names[index];
    }
}
