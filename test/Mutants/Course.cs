using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Serai.Mutants;

/// <summary>What a test does without any fault.</summary>
/// <param name="Test">xunit's own mark of the test, the same in each process.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Faults">The faults whose places it comes by.</param>
internal sealed record Course(string Test, decimal Seconds, IReadOnlySet<int> Faults)
{
    /// <summary>Writes them to a file, a line a test.</summary>
    public static void Save(IEnumerable<Course> courses, string path)
        => File.WriteAllLines(path, courses.Select(it
            => string.Create(CultureInfo.InvariantCulture, $"{it.Test} {it.Seconds} {string.Join(',', it.Faults)}")));

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    public static IEnumerable<Course> Load(string path) => File.ReadLines(path).Select(line =>
    {
        string[] words = line.Split(' ');
        IEnumerable<int> faults = words[2].Split(',', System.StringSplitOptions.RemoveEmptyEntries)
            .Select(one => int.Parse(one, CultureInfo.InvariantCulture));
        return new Course(words[0], decimal.Parse(words[1], CultureInfo.InvariantCulture), faults.ToHashSet());
    });
}
