using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct DiagnosticsState
{
    /// <summary>The machine's.</summary>
    public static ref DiagnosticsState Now => ref PerMachine<DiagnosticsState>.Now;

    public bool ExitTraceIsOn;
    public bool KeyboardInEscape;
    public ulong KeyboardLastAt;
    public uint KeyboardChosenId;
    public byte EndingKeysAsked;
    public ulong EndingKeysAskedAt;
    public uint EndingKeysAskedMoves;
    public uint PanicHappening;
    public Table<ExitRecord> ExitTraceRecords;
    public Report ReportsPresent;
    public uint ReportsNext;
    public ExitTrace.Counts ExitTraceTaken;
}
