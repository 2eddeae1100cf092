using System;

using Serai.GuestKit;

namespace Serai.Calls;

/// <summary>A page for the record of a call, filled field by field.</summary>
internal static unsafe class Record
{
    private static ulong page;

    /// <summary>Where it lies.</summary>
    internal static ulong Address => page;

    /// <summary>Zeroes it, for the next call.</summary>
    internal static void Clear()
    {
        if (page == 0)
            page = Frames.Take();
        Frames.Words(page).Clear();
    }

    /// <summary>Sets eight bytes at an offset.</summary>
    internal static void Set64(int offset, ulong value) => *(ulong*)(page + (ulong)offset) = value;

    /// <summary>Sets four bytes at an offset.</summary>
    internal static void Set32(int offset, uint value) => *(uint*)(page + (ulong)offset) = value;

    /// <summary>Sets two bytes at an offset.</summary>
    internal static void Set16(int offset, ushort value) => *(ushort*)(page + (ulong)offset) = value;

    /// <summary>Reads eight bytes at an offset.</summary>
    internal static ulong Get64(int offset) => *(ulong*)(page + (ulong)offset);

    /// <summary>Reads four bytes at an offset.</summary>
    internal static uint Get32(int offset) => *(uint*)(page + (ulong)offset);

    /// <summary>Reads two bytes at an offset.</summary>
    internal static short Get16(int offset) => *(short*)(page + (ulong)offset);
}
