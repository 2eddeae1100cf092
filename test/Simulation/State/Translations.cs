using System.Collections.Generic;

using Serai.Machine.Memory;

namespace Serai.Simulation;

/// <summary>A translation that the simulated processor remembers.</summary>
public readonly record struct Translation(Mfn Frame, bool Writable);

/// <summary>
/// The simulated translation look-aside buffer. It forgets nothing by itself: a translation once used answers until a flush, whatever became of
/// the tables it came from, and the tables of a walk are remembered too. So a flush that is missing shows.
/// </summary>
public static class Translations
{
    private static readonly Dictionary<ulong, Translation> pages = [];
    private static readonly HashSet<(ulong Table, int Level)> tables = [];

    /// <summary>Remembered translations by page number.</summary>
    public static IReadOnlyDictionary<ulong, Translation> Pages => pages;

    /// <summary>Frames that were walked as tables of a level since the last flush.</summary>
    public static IReadOnlySet<(ulong Table, int Level)> Tables => tables;

    internal static void Forget()
    {
        pages.Clear();
        tables.Clear();
    }

    /// <summary>INVLPG forgets the page and, as the manual allows no less, all remembered tables (SDM vol. 3, 4.10.4.1).</summary>
    internal static void Forget(ulong page)
    {
        pages.Remove(page);
        tables.Clear();
    }

    internal static bool TryFind(ulong page, out Translation translation) => pages.TryGetValue(page, out translation);

    internal static void Remember(ulong page, Translation translation) => pages[page] = translation;

    internal static void RememberTable(Mfn table, int level) => tables.Add((table.Value, level));
}
