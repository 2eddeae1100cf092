using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>Reads with acquire and writes with release order; the compiler neither moves, merges nor repeats them.</summary>
public static class Volatile
{
    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static bool Read(ref readonly bool location) => Unsafe.As<bool, VolatileBool>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref bool location, bool value) => Unsafe.As<bool, VolatileBool>(ref location).Value = value;

    private struct VolatileBool
    {
        public volatile bool Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static byte Read(ref readonly byte location) => Unsafe.As<byte, VolatileByte>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref byte location, byte value) => Unsafe.As<byte, VolatileByte>(ref location).Value = value;

    private struct VolatileByte
    {
        public volatile byte Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static sbyte Read(ref readonly sbyte location) => Unsafe.As<sbyte, VolatileSbyte>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref sbyte location, sbyte value) => Unsafe.As<sbyte, VolatileSbyte>(ref location).Value = value;

    private struct VolatileSbyte
    {
        public volatile sbyte Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static short Read(ref readonly short location) => Unsafe.As<short, VolatileShort>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref short location, short value) => Unsafe.As<short, VolatileShort>(ref location).Value = value;

    private struct VolatileShort
    {
        public volatile short Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static ushort Read(ref readonly ushort location) => Unsafe.As<ushort, VolatileUshort>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref ushort location, ushort value) => Unsafe.As<ushort, VolatileUshort>(ref location).Value = value;

    private struct VolatileUshort
    {
        public volatile ushort Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static int Read(ref readonly int location) => Unsafe.As<int, VolatileInt>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref int location, int value) => Unsafe.As<int, VolatileInt>(ref location).Value = value;

    private struct VolatileInt
    {
        public volatile int Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static uint Read(ref readonly uint location) => Unsafe.As<uint, VolatileUint>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref uint location, uint value) => Unsafe.As<uint, VolatileUint>(ref location).Value = value;

    private struct VolatileUint
    {
        public volatile uint Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static long Read(ref readonly long location) => Unsafe.As<long, VolatileLong>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref long location, long value) => Unsafe.As<long, VolatileLong>(ref location).Value = (nint)value;

    private struct VolatileLong
    {
        public volatile nint Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static ulong Read(ref readonly ulong location) => Unsafe.As<ulong, VolatileUlong>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref ulong location, ulong value) => Unsafe.As<ulong, VolatileUlong>(ref location).Value = (nuint)value;

    private struct VolatileUlong
    {
        public volatile nuint Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static nint Read(ref readonly nint location) => Unsafe.As<nint, VolatileNint>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref nint location, nint value) => Unsafe.As<nint, VolatileNint>(ref location).Value = value;

    private struct VolatileNint
    {
        public volatile nint Value;
    }

    /// <summary>Reads with acquire order.</summary>
    [Intrinsic]
    public static nuint Read(ref readonly nuint location) => Unsafe.As<nuint, VolatileNuint>(ref Unsafe.AsRef(in location)).Value;

    /// <summary>Writes with release order.</summary>
    [Intrinsic]
    public static void Write(ref nuint location, nuint value) => Unsafe.As<nuint, VolatileNuint>(ref location).Value = value;

    private struct VolatileNuint
    {
        public volatile nuint Value;
    }
}
