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
/// `Room:TypeA,TypeB.Member` opens it to these types and members only.
/// </summary>
public static class WallTable
{
    /// <summary>
    /// The rooms of the hypervisor from the top down. Each may import those below it and none above, so they have no cycle; there is no exception.
    /// </summary>
    public static readonly string[] FromTheTop =
    [
        "Traps", "Control", "Building", "Diagnostics", "Domains", "Console", "Grants", "Events", "Interrupts", "Scheduling", "Time", "PageTables",
        "Descriptors", "Devices", "Frames", "Dumps", "Emulation", "Records", "Output", "CommandLine", "Images", "Ground",
    ];

    // Images knows only bytes, Emulation only a register frame; they touch no machine.
    private static string DoorsOf(int place) => FromTheTop[place] switch
    {
        "Images" => "Abi Ground",
        "Emulation" => "Abi Records:Registers,Flags",
        _ => "Abi Machine " + string.Join(' ', FromTheTop[(place + 1)..]),
    };

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
        .. FromTheTop.Select((name, place) => Make(name, $"src/Hypervisor/{name}/", $"Serai.Hypervisor.{name}", DoorsOf(place))),
        // Start.cs sees all of it.
        Make("Hypervisor", "src/Hypervisor/", "Serai.Hypervisor", "Abi Machine " + string.Join(' ', FromTheTop)),
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
