using System;

using Serai.Simulation;

namespace Serai.Machine.Memory;

/// <summary>Finds groups of eight entries of a table page that have a present one.</summary>
public static class TableScan
{
    /// <summary>Entries of a group.</summary>
    public const int GroupSize = 8;

    private const int Entries = 512;

    /// <summary>Where the first group at or behind a group's beginning lies that has a present entry; 512 if there is none.</summary>
    public static int Next(Mfn table, int start)
    {
        Check(start);
        start &= ~(GroupSize - 1);
        while (start < Entries && !HasPresent(table, start))
            start += GroupSize;
        return start;
    }

    /// <summary>Where the last group before a group's end lies that has a present entry; negative if there is none.</summary>
    public static int Previous(Mfn table, int end)
    {
        Check(end);
        int start = (end & ~(GroupSize - 1)) - GroupSize;
        while (start >= 0 && !HasPresent(table, start))
            start -= GroupSize;
        return start;
    }

    private static void Check(int index)
    {
        Moments.Come();
        if (index is < 0 or > Entries)
            throw new MachineFailure(Machine.FailureKind.Table, (ulong)index);
    }

    private static bool HasPresent(Mfn table, int start)
    {
        foreach (ulong entry in Arena.Words(table).Slice(start, GroupSize))
        {
            if ((entry & 1) != 0)
                return true;
        }
        return false;
    }
}
