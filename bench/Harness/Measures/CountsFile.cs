using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Serai.Bench.Measures;

/// <summary>What the plugin wrote while a guest ran (the format is in bench/plugin/counter.c).</summary>
public sealed class CountsFile
{
    private readonly Dictionary<int, List<Sample>> samples = [];

    /// <summary>Instructions of the traced row by address, all its samples together.</summary>
    public Dictionary<ulong, ulong> Addresses { get; } = [];

    /// <summary>
    /// Instructions from the machine's reset to the first mark, those of firmware and loader counted as applications'; null where there was none.
    /// </summary>
    public Sample? UntilFirstMark { get; private set; }

    /// <summary>Reads the lines; a last one that was cut off is left out.</summary>
    public static CountsFile Parse(IEnumerable<string> lines)
    {
        var file = new CountsFile();
        foreach (string[] words in lines.Select(line => line.Split(' ')))
        {
            if (words is ["address", _, _])
                file.Addresses[Convert.ToUInt64(words[1], 16)] = ulong.Parse(words[2], CultureInfo.InvariantCulture);
            else if (words is ["first", _, _, _])
                file.UntilFirstMark = Read("1", words[1], words[2], words[3]);
            else if (words is ["sample", _, _, _, _, _])
                file.AddSample((int)Number(words[1]), Read(words[2], words[3], words[4], words[5]));
        }
        return file;
    }

    /// <summary>The samples of the row with that number, in the order in which they were taken.</summary>
    public IReadOnlyList<Sample> Of(int number) => samples.TryGetValue(number, out List<Sample>? found) ? found : [];

    private void AddSample(int row, Sample sample)
    {
        if (!samples.TryGetValue(row, out List<Sample>? list))
            samples[row] = list = [];
        list.Add(sample);
    }

    private static Sample Read(string operations, string applications, string kernel, string hypervisor)
    {
        double count = Number(operations);
        return new Sample(Number(operations), Number(applications) / count, Number(kernel) / count, Number(hypervisor) / count);
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
