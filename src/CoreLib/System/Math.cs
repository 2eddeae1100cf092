using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Integer arithmetic that the language has no operator for.</summary>
public static class Math
{
    /// <summary>The lesser.</summary>
    public static int Min(int val1, int val2) => val1 <= val2 ? val1 : val2;

    /// <summary>The lesser.</summary>
    public static uint Min(uint val1, uint val2) => val1 <= val2 ? val1 : val2;

    /// <summary>The lesser.</summary>
    public static long Min(long val1, long val2) => val1 <= val2 ? val1 : val2;

    /// <summary>The lesser.</summary>
    public static ulong Min(ulong val1, ulong val2) => val1 <= val2 ? val1 : val2;

    /// <summary>The greater.</summary>
    public static int Max(int val1, int val2) => val1 >= val2 ? val1 : val2;

    /// <summary>The greater.</summary>
    public static uint Max(uint val1, uint val2) => val1 >= val2 ? val1 : val2;

    /// <summary>The greater.</summary>
    public static long Max(long val1, long val2) => val1 >= val2 ? val1 : val2;

    /// <summary>The greater.</summary>
    public static ulong Max(ulong val1, ulong val2) => val1 >= val2 ? val1 : val2;

    /// <summary>The high 64 bits of the product of two 64-bit numbers; <paramref name="low"/> receives the low 64.</summary>
    public static unsafe ulong BigMul(ulong a, ulong b, out ulong low)
    {
        ulong lowHalf;
        ulong high = Multiply(a, b, &lowHalf);
        low = lowHalf;
        return high;
    }

    [RuntimeImport("*", "Multiply"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern unsafe ulong Multiply(ulong a, ulong b, ulong* low);

    // ilc calls these by name for a checked conversion from floating point; ring 0 has none, so none is ever linked.
    internal static int ConvertToInt32Checked(double value) => Unsupported<int>();

    internal static uint ConvertToUInt32Checked(double value) => Unsupported<uint>();

    internal static long ConvertToInt64Checked(double value) => Unsupported<long>();

    internal static ulong ConvertToUInt64Checked(double value) => Unsupported<ulong>();

    private static T Unsupported<T>()
    {
        ThrowHelper.ThrowInvalidOperationException();
        return default!;
    }
}
