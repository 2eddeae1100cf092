using System.Collections.Generic;
using System.Linq;

namespace Serai.Bench.Rows;

/// <summary>Which rows the words of the command line mean: topics, keys and guests; no word means all.</summary>
public static class Selection
{
    /// <summary>The rows chosen, or the word that means nothing.</summary>
    public static (IReadOnlyList<Row> Rows, string? Unknown) Choose(IReadOnlyList<Row> rows, IReadOnlyList<string> words)
    {
        if (words.FirstOrDefault(word => !rows.Any(row => Means(word, row))) is { } unknown)
            return ([], unknown);
        return ([.. rows.Where(row => words.Count == 0 || words.Any(word => Means(word, row)))], null);
    }

    private static bool Means(string word, Row row) => word == row.Topic || word == row.Key || word == row.Guest;
}
