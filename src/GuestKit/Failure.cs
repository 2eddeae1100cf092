using System;
using System.Runtime;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>The end of a guest that cannot go on.</summary>
public static class Failure
{
    /// <summary>Prints <c>FAIL</c>, the reason and a number, and shuts the domain down as crashed.</summary>
    public static void Stop(ReadOnlySpan<byte> reason, ulong number)
    {
        Console.Write("FAIL "u8);
        Console.Write(reason);
        Console.Write(": "u8);
        Console.WriteHex(number);
        Console.Write("\n"u8);
        Hypercalls.Shutdown(ShutdownReason.Crash);
    }

    // All failed checks of the language end here (Machine/X64/Failure.S); the address is the guilty line's.
    [RuntimeExport("RuntimeFailure")]
    private static void RuntimeFailure(uint kind, ulong returnAddress) => Stop("a check of the language failed at"u8, returnAddress);
}
