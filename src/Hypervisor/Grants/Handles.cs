using System.Runtime.CompilerServices;

using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Grants;

/// <summary>How a domain gets handles on others' grants.</summary>
public static class Handles
{
    /// <summary>Takes a free handle, which its taker puts to use; false where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryTake(this ref Maptrack table, out uint handle)
    {
        handle = 0;
        if (table.Count == table.Capacity && !TryGrow(ref table))
            return false;
        uint free = table.FirstFree;
        table.FirstFree = table.At(free).Reference;
        handle = free;
        table.Count = unchecked(table.Count + 1);
        return true;
    }

    private static bool TryGrow(ref Maptrack table)
    {
        uint first = table.Capacity;
        if (table.Frames.FrameCount == Maptrack.MaximumFrames || !table.Frames.TryAdd())
            return false;
        uint end = table.Capacity;
        for (uint handle = first; handle < end; handle++)
            table.At(handle).Reference = handle + 1 == end ? Maptrack.Nil : handle + 1;
        table.FirstFree = first;
        return true;
    }
}
