using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>
/// Atomic operations, each a full barrier. The compare-exchanges become lock-prefixed instructions; the rest are
/// instructions too where the code generator knows them, and loops over a compare-exchange where it does not.
/// </summary>
public static class Interlocked
{
    /// <summary>Orders all memory accesses before against all after.</summary>
    [Intrinsic]
    public static void MemoryBarrier() => MemoryBarrier();

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [Intrinsic]
    public static byte CompareExchange(ref byte location1, byte value, byte comparand) => CompareExchange(ref location1, value, comparand);

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [Intrinsic]
    public static ushort CompareExchange(ref ushort location1, ushort value, ushort comparand) => CompareExchange(ref location1, value, comparand);

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [Intrinsic]
    public static int CompareExchange(ref int location1, int value, int comparand) => CompareExchange(ref location1, value, comparand);

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [Intrinsic]
    public static long CompareExchange(ref long location1, long value, long comparand) => CompareExchange(ref location1, value, comparand);

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte CompareExchange(ref sbyte location1, sbyte value, sbyte comparand) =>
        unchecked((sbyte)CompareExchange(ref Unsafe.As<sbyte, byte>(ref location1), (byte)value, (byte)comparand));

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short CompareExchange(ref short location1, short value, short comparand) =>
        unchecked((short)CompareExchange(ref Unsafe.As<short, ushort>(ref location1), (ushort)value, (ushort)comparand));

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint CompareExchange(ref uint location1, uint value, uint comparand) =>
        unchecked((uint)CompareExchange(ref Unsafe.As<uint, int>(ref location1), (int)value, (int)comparand));

    /// <summary>Stores <paramref name="value"/> if the old value equals <paramref name="comparand"/>; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareExchange(ref ulong location1, ulong value, ulong comparand) =>
        unchecked((ulong)CompareExchange(ref Unsafe.As<ulong, long>(ref location1), (long)value, (long)comparand));

    /// <summary>Stores <paramref name="value"/>; returns the old value.</summary>
    [Intrinsic]
    public static byte Exchange(ref byte location1, byte value)
    {
        byte old = location1;
        while (true)
        {
            byte seen = CompareExchange(ref location1, unchecked((byte)(value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores <paramref name="value"/>; returns the old value.</summary>
    [Intrinsic]
    public static ushort Exchange(ref ushort location1, ushort value)
    {
        ushort old = location1;
        while (true)
        {
            ushort seen = CompareExchange(ref location1, unchecked((ushort)(value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores <paramref name="value"/>; returns the old value.</summary>
    [Intrinsic]
    public static int Exchange(ref int location1, int value)
    {
        int old = location1;
        while (true)
        {
            int seen = CompareExchange(ref location1, unchecked((int)(value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores <paramref name="value"/>; returns the old value.</summary>
    [Intrinsic]
    public static long Exchange(ref long location1, long value)
    {
        long old = location1;
        while (true)
        {
            long seen = CompareExchange(ref location1, unchecked((long)(value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Adds, wrapping; returns the old value.</summary>
    [Intrinsic]
    internal static int ExchangeAdd(ref int location1, int value)
    {
        int old = location1;
        while (true)
        {
            int seen = CompareExchange(ref location1, unchecked((int)(old + value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores the bitwise and; returns the old value.</summary>
    [Intrinsic]
    public static int And(ref int location1, int value)
    {
        int old = location1;
        while (true)
        {
            int seen = CompareExchange(ref location1, unchecked((int)(old & value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores the bitwise or; returns the old value.</summary>
    [Intrinsic]
    public static int Or(ref int location1, int value)
    {
        int old = location1;
        while (true)
        {
            int seen = CompareExchange(ref location1, unchecked((int)(old | value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Adds, wrapping; returns the old value.</summary>
    [Intrinsic]
    internal static long ExchangeAdd(ref long location1, long value)
    {
        long old = location1;
        while (true)
        {
            long seen = CompareExchange(ref location1, unchecked((long)(old + value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores the bitwise and; returns the old value.</summary>
    [Intrinsic]
    public static long And(ref long location1, long value)
    {
        long old = location1;
        while (true)
        {
            long seen = CompareExchange(ref location1, unchecked((long)(old & value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores the bitwise or; returns the old value.</summary>
    [Intrinsic]
    public static long Or(ref long location1, long value)
    {
        long old = location1;
        while (true)
        {
            long seen = CompareExchange(ref location1, unchecked((long)(old | value)), old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Stores <paramref name="value"/>; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Exchange(ref uint location1, uint value) => unchecked((uint)Exchange(ref Unsafe.As<uint, int>(ref location1), (int)value));

    /// <summary>Stores the bitwise and; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint And(ref uint location1, uint value) => unchecked((uint)And(ref Unsafe.As<uint, int>(ref location1), (int)value));

    /// <summary>Stores the bitwise or; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Or(ref uint location1, uint value) => unchecked((uint)Or(ref Unsafe.As<uint, int>(ref location1), (int)value));

    /// <summary>Stores <paramref name="value"/>; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange(ref ulong location1, ulong value) =>
        unchecked((ulong)Exchange(ref Unsafe.As<ulong, long>(ref location1), (long)value));

    /// <summary>Stores the bitwise and; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong And(ref ulong location1, ulong value) => unchecked((ulong)And(ref Unsafe.As<ulong, long>(ref location1), (long)value));

    /// <summary>Stores the bitwise or; returns the old value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Or(ref ulong location1, ulong value) => unchecked((ulong)Or(ref Unsafe.As<ulong, long>(ref location1), (long)value));

    /// <summary>Adds, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref int location1, int value) => unchecked(ExchangeAdd(ref location1, value) + value);

    /// <summary>Adds one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Increment(ref int location) => Add(ref location, 1);

    /// <summary>Subtracts one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decrement(ref int location) => Add(ref location, unchecked((int)(-1)));

    /// <summary>Reads at once, whatever the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ref readonly int location) => Volatile.Read(in location);

    /// <summary>Adds, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Add(ref long location1, long value) => unchecked(ExchangeAdd(ref location1, value) + value);

    /// <summary>Adds one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Increment(ref long location) => Add(ref location, 1);

    /// <summary>Subtracts one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Decrement(ref long location) => Add(ref location, unchecked((long)(-1)));

    /// <summary>Reads at once, whatever the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Read(ref readonly long location) => Volatile.Read(in location);

    /// <summary>Adds, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Add(ref uint location1, uint value) =>
        unchecked((uint)ExchangeAdd(ref Unsafe.As<uint, int>(ref location1), (int)value) + value);

    /// <summary>Adds one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Increment(ref uint location) => Add(ref location, 1);

    /// <summary>Subtracts one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Decrement(ref uint location) => Add(ref location, unchecked((uint)(-1)));

    /// <summary>Reads at once, whatever the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read(ref readonly uint location) => Volatile.Read(in location);

    /// <summary>Adds, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ref ulong location1, ulong value) =>
        unchecked((ulong)ExchangeAdd(ref Unsafe.As<ulong, long>(ref location1), (long)value) + value);

    /// <summary>Adds one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Increment(ref ulong location) => Add(ref location, 1);

    /// <summary>Subtracts one, wrapping; returns the new value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Decrement(ref ulong location) => Add(ref location, unchecked((ulong)(-1)));

    /// <summary>Reads at once, whatever the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref readonly ulong location) => Volatile.Read(in location);
}
