using System;
using System.Collections.Generic;
using System.Linq;

namespace Serai.Tidy.Rules;

/// <summary>What one room may take from another: everything, some types only, or (Fields) only types to embed in its own.</summary>
public sealed record Door(string Room, string[] Types, bool Fields);

/// <summary>A folder with walls around it: its path, the namespace of what lies in it, and the doors.</summary>
public sealed record Room(string Name, string Path, string Namespace, Door[] Doors);

/// <summary>
/// Who may import whom. This is the place to change when a wall moves; docs/decisions says why it moved. A door is a room's name;
/// `Room:TypeA,TypeB` opens it to these types only, `Room:fields` only to types of fields and properties (state to embed).
/// </summary>
public static class WallTable
{
    // The records that everything in the hypervisor works on: they hold state, and call nobody.
    private const string Records = "Domains:Domain,DomainTable,DomainStage,DomainName,VirtualCpu,Registers,GuestDescriptors,GdtFrameList";

    // Downwards: Traps, Control, Grants and Events, Domains, Scheduling, Memory. Images knows only bytes, Emulation only a register frame.
    private static readonly (string Room, string Doors)[] Hypervisor =
    [
        ("Traps", "Abi Machine Control Grants Events Time Console Domains Scheduling Memory Emulation Diagnostics Images"),
        ("Control", "Abi Machine Grants Events Time Console Domains Scheduling Memory Images Diagnostics"),
        ("Console", "Abi Machine Events Time Domains Scheduling Memory Diagnostics"),
        ("Time", "Abi Machine Events Domains Scheduling Memory"),
        ("Grants", "Abi Machine Domains Scheduling Memory"),
        ("Events", "Abi Machine Domains Scheduling Memory"),
        ("Domains", "Abi Machine Events:fields Grants:fields Time:fields Console:fields Scheduling Memory Images Emulation"),
        ("Scheduling", "Abi Machine Memory Time Domains"),
        ("Memory", "Abi Machine " + Records),
        ("Diagnostics", "Abi Machine Domains Memory"),
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
        bool fields = parts is [_, "fields"];
        return new Door(parts[0], parts.Length == 1 || fields ? [] : parts[1].Split(','), fields);
    }
}
