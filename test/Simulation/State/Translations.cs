using System.Collections.Generic;

using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Simulation;

/// <summary>A translation that a simulated processor remembers.</summary>
public readonly record struct Translation(Mfn Frame, bool Writable);

/// <summary>
/// The simulated translation look-aside buffers, one a processor. They forget nothing by themselves: a translation once used answers until a
/// flush, whatever became of the tables it came from, and the tables of a walk are remembered too. So a flush that is missing shows.
/// </summary>
public static class Translations
{
    internal sealed class Buffer
    {
        public Dictionary<ulong, Translation> Pages { get; } = [];

        public HashSet<(ulong Table, int Level)> Tables { get; } = [];
    }

    internal sealed class State
    {
        internal readonly Buffer?[] Buffers = new Buffer?[ProcessorState.Maximum];
    }

    private static Buffer Of(uint processor) => SimulatedMachine.Present.Translations.Buffers[processor] ??= new Buffer();

    private static Buffer Present => Of(SimulatedProcessor.Number);

    /// <summary>The present processor's remembered translations by page number.</summary>
    public static IReadOnlyDictionary<ulong, Translation> Pages => Present.Pages;

    /// <summary>Frames that the present processor has walked as tables of a level since its last flush.</summary>
    public static IReadOnlySet<(ulong Table, int Level)> Tables => Present.Tables;

    /// <summary>A processor's remembered translations.</summary>
    public static IReadOnlyDictionary<ulong, Translation> PagesOf(uint processor) => Of(processor).Pages;

    /// <summary>A processor's remembered tables.</summary>
    public static IReadOnlySet<(ulong Table, int Level)> TablesOf(uint processor) => Of(processor).Tables;

    internal static void Forget()
    {
        Present.Pages.Clear();
        Present.Tables.Clear();
    }

    /// <summary>INVLPG forgets the page and, as the manual allows no less, all remembered tables (SDM vol. 3, 4.10.4.1).</summary>
    internal static void Forget(ulong page)
    {
        Present.Pages.Remove(page);
        Present.Tables.Clear();
    }

    internal static bool TryFind(ulong page, out Translation translation) => Present.Pages.TryGetValue(page, out translation);

    internal static void Remember(ulong page, Translation translation) => Present.Pages[page] = translation;

    internal static void RememberTable(Mfn table, int level) => Present.Tables.Add((table.Value, level));
}
