using System;
using System.Runtime.InteropServices;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// What a test guest has to say in the end: <c>PASS name</c>, or a line <c>FAIL name: reason</c> for each expectation that did not
/// hold.
/// </summary>
public static unsafe class Verdict
{
    private static byte* name;
    private static int nameLength;
    private static int failures;

    /// <summary>Begins a story. The name must be a constant: it is remembered by address.</summary>
    public static void Begin(ReadOnlySpan<byte> story)
    {
        name = (byte*)Hypercalls.AddressOf(in MemoryMarshal.GetReference(story));
        nameLength = story.Length;
        failures = 0;
    }

    /// <summary>Notes that something must hold; if it does not, says so and goes on.</summary>
    public static void Expect(bool holds, ReadOnlySpan<byte> what)
    {
        if (holds)
            return;
        WriteFail();
        Console.WriteLine(what);
    }

    /// <summary>Notes what a hypercall must return; if it returns something else, says both and goes on.</summary>
    public static void ExpectResult(long result, long expected, ReadOnlySpan<byte> what)
    {
        if (result == expected)
            return;
        WriteFail();
        Console.Write(what);
        Console.Write(" returned "u8);
        Console.Write(result);
        Console.Write(", not "u8);
        Console.Write(expected);
        Console.Write("\n"u8);
    }

    /// <summary>Notes which error a hypercall must return.</summary>
    public static void ExpectError(long result, Errno error, ReadOnlySpan<byte> what) => ExpectResult(result, -(long)error, what);

    /// <summary>Notes that a hypercall must return zero.</summary>
    public static void ExpectDone(long result, ReadOnlySpan<byte> what) => ExpectResult(result, 0, what);

    /// <summary>Notes which exception the last probe or user code must have ended with.</summary>
    public static void ExpectTrap(bool ran, ulong vector, ReadOnlySpan<byte> what)
    {
        if (ran)
            Expect(false, what);
        else
            ExpectResult((long)Traps.Last.Vector, (long)vector, what);
    }

    /// <summary>Prints <c>PASS name</c> if nothing failed since <see cref="Begin"/>.</summary>
    public static void Finish()
    {
        if (failures != 0)
            return;
        Console.Write("PASS "u8);
        Console.WriteLine(new ReadOnlySpan<byte>(name, nameLength));
    }

    // The beginning of a line that tells of a failure.
    internal static void WriteFail()
    {
        failures++;
        Console.Write("FAIL "u8);
        Console.Write(new ReadOnlySpan<byte>(name, nameLength));
        Console.Write(": "u8);
    }
}
