using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Memory;

/// <summary>
/// Finds the present entries of a table page, which are few in most: groups of eight are told that have one. A group is looked at once; what its
/// entries are is for the caller to read.
/// </summary>
public static class TableScan
{
    /// <summary>Entries of a group.</summary>
    public const int GroupSize = 8;

    private const int Entries = 512;

    [RuntimeImport("*", "X64NextGroup"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int NextGroup(ref ulong table, uint start);

    [RuntimeImport("*", "X64PreviousGroup"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int PreviousGroup(ref ulong table, uint end);

    /// <summary>Where the first group at or behind a group's beginning lies that has a present entry; 512 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(Mfn table, int start)
    {
        if (unchecked((uint)start) > Entries)
            Failure.OutsideTable(unchecked((ulong)start));
        return NextGroup(ref DirectMap.At<ulong>(table.Address), unchecked((uint)start) & ~(GroupSize - 1u));
    }

    /// <summary>Where the last group before a group's end lies that has a present entry; negative if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Previous(Mfn table, int end)
    {
        if (unchecked((uint)end) > Entries)
            Failure.OutsideTable(unchecked((ulong)end));
        return PreviousGroup(ref DirectMap.At<ulong>(table.Address), unchecked((uint)end) & ~(GroupSize - 1u));
    }
}
