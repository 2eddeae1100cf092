using System.Runtime.Intrinsics.X86;

namespace System.Numerics;

/// <summary>
/// Bits of a word. The base instruction set has bsf and bsr but no popcnt: that body is plain arithmetic, since an intrinsic
/// that calls itself loops for ever where the compiler does not expand it.
/// </summary>
public static class BitOperations
{
    /// <summary>Whether exactly one bit is set.</summary>
    public static bool IsPow2(ulong value) => (value & (value - 1)) == 0 && value != 0;

    /// <summary>Whether exactly one bit is set.</summary>
    public static bool IsPow2(uint value) => (value & (value - 1)) == 0 && value != 0;

    /// <summary>The number of bits set.</summary>
    public static int PopCount(ulong value)
    {
        value -= (value >> 1) & 0x5555555555555555;
        value = (value & 0x3333333333333333) + ((value >> 2) & 0x3333333333333333);
        value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0f;
        return (int)((value * 0x0101010101010101) >> 56);
    }

    /// <summary>The number of bits set.</summary>
    public static int PopCount(uint value) => PopCount((ulong)value);

    /// <summary>The number of the lowest bit set; 64 if there is none.</summary>
    public static int TrailingZeroCount(ulong value) => value == 0 ? 64 : (int)X86Base.X64.BitScanForward(value);

    /// <summary>The number of the lowest bit set; 32 if there is none.</summary>
    public static int TrailingZeroCount(uint value) => value == 0 ? 32 : (int)X86Base.BitScanForward(value);

    /// <summary>The number of the lowest bit set; 64 if there is none.</summary>
    public static int TrailingZeroCount(long value) => TrailingZeroCount((ulong)value);

    /// <summary>The number of the lowest bit set; 32 if there is none.</summary>
    public static int TrailingZeroCount(int value) => TrailingZeroCount((uint)value);

    /// <summary>The number of clear bits above the highest set; 64 if there is none.</summary>
    public static int LeadingZeroCount(ulong value) => value == 0 ? 64 : 63 - Log2(value);

    /// <summary>The number of clear bits above the highest set; 32 if there is none.</summary>
    public static int LeadingZeroCount(uint value) => value == 0 ? 32 : 31 - Log2(value);

    /// <summary>The number of the highest bit set; 0 for 0.</summary>
    public static int Log2(ulong value) => (int)X86Base.X64.BitScanReverse(value | 1);

    /// <summary>The number of the highest bit set; 0 for 0.</summary>
    public static int Log2(uint value) => (int)X86Base.BitScanReverse(value | 1);

    /// <summary>The least power of two not below <paramref name="value"/>; 0 for 0 and for overflow.</summary>
    public static ulong RoundUpToPowerOf2(ulong value) => value <= 1 ? value : Log2(value - 1) == 63 ? 0 : 2ul << Log2(value - 1);

    /// <summary>Rotates left by <paramref name="offset"/> modulo 64.</summary>
    public static ulong RotateLeft(ulong value, int offset) => (value << (offset & 63)) | (value >> (-offset & 63));

    /// <summary>Rotates left by <paramref name="offset"/> modulo 32.</summary>
    public static uint RotateLeft(uint value, int offset) => (value << (offset & 31)) | (value >> (-offset & 31));

    /// <summary>Rotates right by <paramref name="offset"/> modulo 64.</summary>
    public static ulong RotateRight(ulong value, int offset) => RotateLeft(value, -offset);

    /// <summary>Rotates right by <paramref name="offset"/> modulo 32.</summary>
    public static uint RotateRight(uint value, int offset) => RotateLeft(value, -offset);
}
