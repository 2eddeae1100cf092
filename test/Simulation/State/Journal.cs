using System.Collections.Generic;
using System.Linq;

namespace Serai.Simulation;

/// <summary>A kind of act that only ring 0 can do.</summary>
public enum Act
{
    LoadRoot,
    FlushPage,
    SwapGs,
    WriteMsr,
    WriteCr4,
    WriteXcr0,
    WriteBackCaches,
    WriteDebugRegister,
    PortIn,
    PortOut,
    ShowDescriptors,
    HideDescriptors,
    LoadLocalTable,
    SetEntryFrame,
    LoadSegments,
    SaveFloatingPoint,
    RestoreFloatingPoint,
    SetTimer,
    StopTimer,
    EndInterrupt,
    Wait,
    PowerOff,
    Reset,
    ResetOther,
    EnterGuest,
    Kick,
    Request,
    ForgetSpeculation,
}

/// <summary>One act and the number that belongs to it.</summary>
public readonly record struct JournalEntry(Act Act, ulong Detail);

/// <summary>What the hypervisor has done to the simulated machine, in order.</summary>
public static class Journal
{
    private const int Longest = 100_000;

    internal sealed class State
    {
        public readonly List<JournalEntry> Entries = [];
    }

    private static List<JournalEntry> My => SimulatedMachine.Present.Journal.Entries;

    /// <summary>All acts since the last <see cref="Clear"/>; past the first hundred thousand they are not kept.</summary>
    public static IReadOnlyList<JournalEntry> Entries => My;

    /// <summary>Forgets all.</summary>
    public static void Clear() => My.Clear();

    /// <summary>How many acts of a kind.</summary>
    public static int Count(Act act) => My.Count(it => it.Act == act);

    internal static void Write(Act act, ulong detail = 0)
    {
        List<JournalEntry> entries = My;
        if (entries.Count < Longest)
            entries.Add(new JournalEntry(act, detail));
    }
}
