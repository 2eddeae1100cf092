using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct PageTablesState
{
    /// <summary>The machine's.</summary>
    public static ref PageTablesState Now => ref PerMachine<PageTablesState>.Now;

    public ulong AbsentEntriesRamEnd;
    public ulong AbsentEntriesAddressMask;
    public Mfn SharedFramesNowhere;
}
