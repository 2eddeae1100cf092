using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Records;

/// <summary>
/// Arithmetic of virtual time: 64-bit numbers that go round, of which only differences count. A unit is a nanosecond of a virtual CPU with the usual
/// weight to itself; rates are in units of 2^-16 a nanosecond, from 2^8 (weight 65535) to 2^29 (weight 1, divided by 32).
/// </summary>
public static class VirtualTimes
{
    /// <summary>Bits of a rate below one.</summary>
    public const int FractionBits = 16;

    private const ulong LongestRun = 1ul << 34, GreatestDistance = 1ul << 46;

    /// <summary>Whether a time is before another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Before(ulong time, ulong other) => unchecked((long)(time - other)) < 0;

    /// <summary>The earlier of two times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Earlier(ulong time, ulong other) => Before(other, time) ? other : time;

    /// <summary>Lets a clock run for so many nanoseconds, 17 seconds at most, at a rate; nothing below one unit is lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(ref ulong time, ref uint fraction, ulong nanoseconds, ulong rate)
    {
        ulong sum = unchecked((nanoseconds < LongestRun ? nanoseconds : LongestRun) * rate + fraction);
        time = unchecked(time + (sum >> FractionBits));
        fraction = (uint)(sum & ((1u << FractionBits) - 1));
    }

    /// <summary>The virtual time that passes at a rate in so many nanoseconds, 17 seconds at most.</summary>
    public static ulong Of(ulong nanoseconds, ulong rate)
        => unchecked((nanoseconds < LongestRun ? nanoseconds : LongestRun) * rate) >> FractionBits;

    /// <summary>The nanoseconds in which so much virtual time passes at a rate; a great distance is cut.</summary>
    public static ulong Nanoseconds(ulong distance, ulong rate)
        => ((distance < GreatestDistance ? distance : GreatestDistance) << FractionBits) / rate;
}
