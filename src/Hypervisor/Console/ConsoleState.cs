using Serai.Machine;

namespace Serai.Hypervisor.Console;

/// <summary>All that this room keeps, but for what lies in records and in tables that it names here.</summary>
public struct ConsoleState
{
    /// <summary>The machine's.</summary>
    public static ref ConsoleState Now => ref PerMachine<ConsoleState>.Now;

    public ulong GuestConsoleUnfinishedSince;
    public bool GuestConsoleWaitsForDebt;
    public uint GuestConsoleTurn;
    public GuestConsole.IdSet GuestConsoleHeldBack;
    public uint KeyboardFocusInputHead;
    public uint KeyboardFocusInputTail;
    public int KeyboardFocusFocus;
    public bool KeyboardFocusIsChosen;
    public uint KeyboardFocusMoves;
    public KeyboardFocus.InputBytes KeyboardFocusInitialInput;

    /// <summary>What is not zero before the machine is looked at.</summary>
    public static void Begin() => Now.KeyboardFocusFocus = KeyboardFocus.Hypervisor;
}
