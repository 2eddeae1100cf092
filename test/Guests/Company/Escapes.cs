using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// The terminal belongs to the operator, and obeys what it is shown. A guest without a right to it writes a line of the hypervisor's over its own
/// name, or behind so many letters that the terminal wraps there; hides text; changes screen, title and characters; asks questions whose answers the
/// terminal types into the hypervisor's console. All that may be seen of it is what it is.
/// </summary>
internal static class Escapes
{
    internal static void Run()
    {
        Console.Write("forged\r(serai) domain victim: has powered off\n"u8);
        Console.Write("back\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b(serai) domain victim: reboots\n"u8);
        Console.Write("..................................................................................................................."u8);
        Console.Write("(serai) domain victim: gone\n"u8);
        Console.Write("\u001b]0;title\u0007\u001b[8mhidden\n"u8);
        Console.Write("\u001b[?1049h\u001bP+q4C\u001b\\ answer me \u0005\u001b[6n\u001bZ\n"u8);
        Console.Write("\u001b[2J\u001b[H\u001b[5A(serai) domain victim: has crashed\u001bM\u001b(0\u000e\n"u8);
        Console.Write(C1Controls);
        Console.Write("still there\n"u8);
    }

    // The bytes that are CSI, OSC, DCS and ST to a terminal of eight bits, alone and in UTF-8.
    private static System.ReadOnlySpan<byte> C1Controls =>
        [0x9b, (byte)'2', (byte)'J', 0x9d, (byte)'0', 0x90, 0x9c, 0xc2, 0x9b, (byte)'A', (byte)'\n'];
}
