using Serai.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Time;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct TimeState
{
    /// <summary>The machine's.</summary>
    public static ref TimeState Now => ref PerMachine<TimeState>.Now;

    public Table<ProcessorTimer> ProcessorTimerAll;
    public uint CounterComparisonAsked;
    public uint CounterComparisonAnswered;
    public uint CounterComparisonCorrections;
    public uint CounterComparisonVerdict;
    public ulong CounterComparisonPresentAnswer;
    public long CounterComparisonCorrection;
}
