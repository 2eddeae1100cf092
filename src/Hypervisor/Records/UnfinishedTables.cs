using System.Numerics;
using System.Runtime.CompilerServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>Tables of a domain that are to be taken apart further: one of each level above 1.</summary>
public struct UnfinishedTables
{
    private const int Levels = 3;

    private Places places;
    private byte noted;

    [InlineArray(Levels)]
    private struct Places
    {
        private uint element;
    }

    /// <summary>Whether there is none.</summary>
    public readonly bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => noted == 0;
    }

    /// <summary>Notes a table of a level from 2 to 4.</summary>
    public void Note(Mfn mfn, int tableLevel)
    {
        int level = tableLevel - 2;
        places[level] = (uint)mfn.Value;
        noted |= (byte)(1 << level);
    }

    /// <summary>Takes the note of the table of the lowest level.</summary>
    public bool TryTake(out Mfn mfn)
    {
        mfn = default;
        if (noted == 0)
            return false;
        int level = BitOperations.TrailingZeroCount((uint)noted);
        mfn = new Mfn(places[level]);
        noted &= (byte)(noted - 1);
        return true;
    }
}
