using System;
using System.Collections.Generic;
using System.Linq;

namespace Serai.Tidy.Rules;

/// <summary>What one room may take from another: everything, or these types and members (Type.Member) only.</summary>
public sealed record Door(string Room, string[] Types);

/// <summary>A folder with walls around it: its path, the namespace of what lies in it, and the doors.</summary>
public sealed record Room(string Name, string Path, string Namespace, Door[] Doors);

/// <summary>
/// Who may import whom. This is the place to change when a wall moves; docs/decisions says why it moved. A door is a room's name;
/// `Room:TypeA,TypeB.Member` opens it to these types and members only. Narrow doors upwards are what is left to move down.
/// </summary>
public static class WallTable
{
    // The records that everything in the hypervisor works on: they hold state, and call nobody.
    private const string Records =
        "Domains:Domain,DomainTable,DomainStage,DomainName,VirtualCpu,Registers,GuestDescriptors,GdtFrameList,GuestFloatingPoint,"
        + "GuestDebugRegisters,PauseReasons";

    // How a hypercall's handler answers, wherever it lies.
    private const string Answers = "Traps:Hypercalls.Error,Hypercalls.Outcome,Hypercalls.Again,Preemption,Cost";

    // Downwards: Traps, Control, Grants and Events, Domains, Scheduling, Memory. Images knows only bytes, Emulation only a register frame.
    // The life of domains (their birth, calls and end) lies above what they use; their records lie below it all.
    private static readonly (string Room, string Doors)[] Hypervisor =
    [
        ("Traps", "Abi Machine Building Control Domains Diagnostics Console Grants Events Time Scheduling Memory Emulation"),
        ("Building", "Abi Machine Control Domains Console Grants Events Time Scheduling Memory Images "
            + "Traps:Flags,ContextCalls,TrapTableCall,Preemption,Cost"),
        ("Control", "Abi Machine Domains Diagnostics Console Grants Events Time Scheduling Memory Images " + Answers),
        ("Domains", "Abi Machine Diagnostics Console Grants Events Time Scheduling Memory Emulation Building:ModuleDomains,Rebuilds "
            + Answers + ",Flags,ContextCalls,TrapTableCall"),
        ("Diagnostics", "Abi Machine Domains Console Grants Events Time Scheduling Memory Building:TemporaryMemory"),
        ("Console", "Abi Machine Events Time Scheduling Memory Diagnostics:DebugKeys,EndingKeys "
            + "Control:LogLevel,LogThreshold " + Answers + " " + Records),
        ("Grants", "Abi Machine Scheduling Memory Console:Log " + Answers + " " + Records),
        ("Events", "Abi Machine Scheduling Memory Console:Log,GuestConsole " + Answers + " " + Records),
        ("Time", "Abi Machine Events Scheduling Memory Console:Log " + Answers + " " + Records),
        ("Scheduling", "Abi Machine Time Memory Console:Log Events:EventChannels,Delivery,VirtualInterrupts "
            + Answers + ",GuestCpuid.LoadCr4,GuestMsr.LoadTscAux " + Records + ",DomainLife,Crash"),
        ("Memory", "Abi Machine Console:Log " + Answers + " " + Records),
        ("Emulation", "Abi Domains:Registers"),
        ("Images", "Abi"),
    ];

    /// <summary>Every room with walls. What is in none, like tests, is free.</summary>
    public static IReadOnlyList<Room> Rooms { get; } =
    [
        Make("CoreLib", "src/CoreLib/", "System", ""),
        Make("Abi", "src/Abi/", "Serai.Abi", ""),
        Make("Machine", "src/Machine/", "Serai.Machine", "Abi"),
        Make("GuestKit", "src/GuestKit/", "Serai.GuestKit", "Abi"),
        Make("Guests", "test/Guests/", "Serai.Guests", "Abi GuestKit"),
        Make("Calls", "test/Calls/", "Serai.Calls", "Abi GuestKit"),
        Make("Examples", "examples/", "Serai.Examples", "Abi GuestKit"),
        Make("XenDevices", "src/Dom0/XenDevices/", "Serai.XenDevices", "Abi"),
        .. Hypervisor.Select(it => Make(it.Room, $"src/Hypervisor/{it.Room}/", $"Serai.Hypervisor.{it.Room}", it.Doors)),
        // Start.cs and State.cs see all of it.
        Make("Hypervisor", "src/Hypervisor/", "Serai.Hypervisor", "Abi Machine " + string.Join(' ', Hypervisor.Select(it => it.Room))),
    ];

    /// <summary>The room that a file lies in, or null; the innermost.</summary>
    public static Room? OfPath(string path) => Rooms.FirstOrDefault(room => path.StartsWith(room.Path, StringComparison.Ordinal));

    /// <summary>The room that a namespace, or a name within it, belongs to, or null; the innermost.</summary>
    public static Room? OfName(string name) =>
        Rooms.Where(room => name == room.Namespace || name.StartsWith(room.Namespace + ".", StringComparison.Ordinal))
            .MaxBy(room => room.Namespace.Length);

    private static Room Make(string name, string path, string space, string doors) =>
        new(name, path, space, [.. doors.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Open)]);

    private static Door Open(string door)
    {
        string[] parts = door.Split(':');
        return new Door(parts[0], parts.Length == 1 ? [] : parts[1].Split(','));
    }
}
