using System;

namespace Serai.GuestKit;

/// <summary>
/// What a test guest has to say in the end: <c>PASS name</c>, or a line <c>FAIL name: reason</c> for each expectation that did not
/// hold.
/// </summary>
public static class Verdict
{
    private static int failures;

    /// <summary>Notes that something must hold; if it does not, says so and goes on.</summary>
    public static void Expect(bool holds, ReadOnlySpan<byte> what)
    {
        if (holds)
            return;
        failures++;
        Console.Write("FAIL "u8);
        Console.Write(Guest.Option("guest="u8));
        Console.Write(": "u8);
        Console.WriteLine(what);
    }

    /// <summary>Notes what a hypercall must return; if it returns something else, says both and goes on.</summary>
    public static void ExpectResult(long result, long expected, ReadOnlySpan<byte> what)
    {
        if (result == expected)
            return;
        failures++;
        Console.Write("FAIL "u8);
        Console.Write(Guest.Option("guest="u8));
        Console.Write(": "u8);
        Console.Write(what);
        Console.Write(" returned "u8);
        Console.Write(result);
        Console.Write(", not "u8);
        Console.Write(expected);
        Console.Write("\n"u8);
    }

    /// <summary>Prints <c>PASS name</c> if nothing failed.</summary>
    public static void Finish(ReadOnlySpan<byte> name)
    {
        if (failures != 0)
            return;
        Console.Write("PASS "u8);
        Console.WriteLine(name);
    }
}
