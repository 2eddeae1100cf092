using System;

namespace Serai.GuestKit;

/// <summary>Numbers by chance, the same for the same seed: xorshift64 (Marsaglia, 2003).</summary>
public static class Chance
{
    private static ulong state = 1;

    /// <summary>Begins with the seed of the command line, seed=NUMBER, or with this one, and tells which it is.</summary>
    public static void Begin(ulong otherwise)
    {
        state = Guest.Number("seed="u8, otherwise);
        state = state == 0 ? 1 : state;
        Console.Write("seed="u8);
        Console.Write((long)state);
        Console.Write("\n"u8);
    }

    /// <summary>The next number.</summary>
    public static ulong Next()
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }

    /// <summary>The next number below a limit.</summary>
    public static ulong Below(ulong limit) => Next() % limit;

    /// <summary>One of some numbers.</summary>
    public static ulong Of(ReadOnlySpan<ulong> numbers) => numbers[(int)Below((ulong)numbers.Length)];
}
