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

    /// <summary>Instructions from the machine's reset to the first mark, those of firmware and guest among them; null where there was none.</summary>
    public long? UntilFirstMark { get; private set; }

    /// <summary>Reads the lines; a last one that was cut off is left out.</summary>
    public static CountsFile Parse(IEnumerable<string> lines)
    {
        var file = new CountsFile();
        foreach (string[] words in lines.Select(line => line.Split(' ')))
        {
            if (words is ["address", _, _])
                file.Addresses[Convert.ToUInt64(words[1], 16)] = ulong.Parse(words[2], CultureInfo.InvariantCulture);
            else if (words is ["first", _, _, _])
                file.UntilFirstMark = words.Skip(1).Sum(word => long.Parse(word, CultureInfo.InvariantCulture));
            else if (words is ["sample", _, _, _, _, _])
                file.AddSample([.. words.Skip(1).Select(word => long.Parse(word, CultureInfo.InvariantCulture))]);
        }
        return file;
    }

    /// <summary>The samples of the row with that number, in the order in which they were taken.</summary>
    public IReadOnlyList<Sample> Of(int number) => samples.TryGetValue(number, out List<Sample>? found) ? found : [];

    private void AddSample(long[] numbers)
    {
        int row = (int)numbers[0];
        double operations = numbers[1];
        if (!samples.TryGetValue(row, out List<Sample>? list))
            samples[row] = list = [];
        list.Add(new Sample(numbers[1], numbers[2] / operations, numbers[3] / operations, numbers[4] / operations));
    }
}
