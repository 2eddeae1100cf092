using Serai.Hypervisor.Ground;
using Serai.Machine;
using Serai.Machine.Clock;

namespace Serai.Hypervisor.Output;

/// <summary>
/// What the terminal has room for. Nobody may wait for a slow line with the hypervisor's lock in his hand, so whoever writes looks here first:
/// guests leave room for the last words of one that dies, these leave room for the hypervisor's own lines, and these are lost where there is none.
/// </summary>
public static class TerminalLine
{
    private const uint GuestRoom = 5120, LastRoom = 2560, LineRoom = 256;
    private const ulong Patience = 1_000_000_000;

    private static ref ulong MovedAt => ref OutputState.Now.TerminalLineMovedAt;

    /// <summary>Whether a guest may go on writing.</summary>
    public static bool HasRoomForGuests => Serial.Room >= GuestRoom;

    /// <summary>The same, or whether one that dies may.</summary>
    public static bool HasRoomFor(bool lastWords) => Serial.Room >= (lastWords ? LastRoom : GuestRoom);

    /// <summary>Whether a line of the hypervisor's own can be written.</summary>
    public static bool HasRoomForLine => Serial.Waits || Serial.Room >= LineRoom;

    /// <summary>Whether the line has not moved for a second: what waits for room then waits no more.</summary>
    public static bool IsStuck
    {
        get
        {
            ulong now = SystemTime.Now;
            if (OutputState.Now.TerminalLineSent != Serial.Sent)
                (OutputState.Now.TerminalLineSent, MovedAt) = (Serial.Sent, now);
            return Duration.Between(MovedAt, now) > Patience;
        }
    }
}
