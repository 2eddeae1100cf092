using Serai.Hypervisor.Building;
using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Devices;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Time;
using Serai.Hypervisor.Traps;

namespace Serai.Hypervisor;

/// <summary>
/// What the hypervisor keeps from one entry to the next: a struct for each room that keeps anything, and what these name: tables carved at boot, and
/// records. Only here are all of them named; a room looks at its own. All zeros when the machine has just come up:
/// <see cref="RecordsState"/>, <see cref="CommandLineState"/>, <see cref="PageTablesState"/>, <see cref="TimeState"/>, <see cref="InterruptsState"/>,
/// <see cref="DevicesState"/>, <see cref="EventsState"/>, <see cref="DomainsState"/>, <see cref="DiagnosticsState"/>, <see cref="BuildingState"/> and
/// <see cref="TrapsState"/>.
/// </summary>
public static class RoomStates
{
    /// <summary>Sets what is not zero when the machine has just come up.</summary>
    public static void Begin()
    {
        GroundState.Begin();
        OutputState.Begin();
        FramesState.Begin();
        SchedulingState.Begin();
        ConsoleState.Begin();
    }
}
