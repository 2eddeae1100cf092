using Serai.Machine;

namespace Serai.Hypervisor.Events;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct EventsState
{
    /// <summary>The machine's.</summary>
    public static ref EventsState Now => ref PerMachine<EventsState>.Now;

    public PortSearch PortAllocationSearch;
    public uint TimerEventsWatchdogOf;
}
