using System;
using System.Collections.Generic;

namespace Serai.Bench.Reports;

/// <summary>
/// A page of documentation in which parts are written by the harness: what stands between <c>&lt;!-- bench:NAME --&gt;</c> and the next
/// <c>&lt;!-- /bench --&gt;</c>. The rest is written by hand and stays as it is.
/// </summary>
public sealed class Document(string text)
{
    private const string End = "<!-- /bench -->";

    private readonly List<string> missing = [];

    /// <summary>The page as it is now.</summary>
    public string Text { get; private set; } = text;

    /// <summary>Parts for which the page has no place.</summary>
    public IReadOnlyList<string> Missing => missing;

    /// <summary>Replaces one part.</summary>
    public void Put(string name, string content)
    {
        string begin = $"<!-- bench:{name} -->";
        int from = Text.IndexOf(begin, StringComparison.Ordinal);
        int to = from < 0 ? -1 : Text.IndexOf(End, from, StringComparison.Ordinal);
        if (to < 0)
            missing.Add(name);
        else
            Text = $"{Text[..(from + begin.Length)]}\n{content.TrimEnd()}\n{Text[to..]}";
    }
}
