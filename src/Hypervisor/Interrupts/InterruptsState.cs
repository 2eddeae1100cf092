using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Interrupts;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct InterruptsState
{
    /// <summary>The machine's.</summary>
    public static ref InterruptsState Now => ref PerMachine<InterruptsState>.Now;

    public Table<InterruptSource> InterruptSourcesSources;
    public uint InterruptSourcesTarget;
    public Table<ushort> VectorsSources;
    public uint VectorsLast;
    public Table<PhysicalInterrupts.Record> PhysicalInterruptsRecords;
}
