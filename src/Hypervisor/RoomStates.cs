using Serai.Hypervisor.Building;
using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Console;
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
/// records. Only here are all of them named; a room looks at its own.
/// </summary>
public static class RoomStates
{
    /// <summary>Forgets everything: the machine has just come up.</summary>
    public static void Begin()
    {
        GroundState.Begin();
        OutputState.Begin();
        CommandLineState.Begin();
        RecordsState.Begin();
        FramesState.Begin();
        PageTablesState.Begin();
        TimeState.Begin();
        SchedulingState.Begin();
        InterruptsState.Begin();
        EventsState.Begin();
        DomainsState.Begin();
        ConsoleState.Begin();
        DiagnosticsState.Begin();
        BuildingState.Begin();
        TrapsState.Begin();
    }
}
