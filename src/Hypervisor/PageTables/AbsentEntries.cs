using System.Runtime.CompilerServices;

using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Entries that are not present and name RAM all the same. To the processor they are nothing, but one that leaks what is cached (L1TF) reads the
/// frame they name from its first-level cache, whoever's that is, as if they were present. Nothing counts what they name, and a guest may leave them
/// where they are while the frame changes hands; so where the processor needs it they are refused at every level, a frame of the guest's own not
/// excepted. Kernels that know of the leak name no RAM there (Linux inverts the address), and 0, an empty entry, names a frame that is nobody's.
/// Above level 1 an entry may say that it names a large page, and of its address only the highest bits count then: such a one names RAM wherever
/// it seems to begin.
/// </summary>
public static class AbsentEntries
{
    private static ref ulong RamEnd => ref PageTablesState.Now.AbsentEntriesRamEnd;

    private static ref ulong AddressMask => ref PageTablesState.Now.AbsentEntriesAddressMask;

    /// <summary>Refuses them from now on. Before there are domains.</summary>
    public static void Guard()
    {
        RamEnd = FrameTable.All.Length << Mfn.Shift;
        AddressMask = unchecked((FrameTable.PhysicalLimit << Mfn.Shift) - 1) & PageTableEntry.FrameMask;
    }

    /// <summary>Whether an L1 entry, which is not present, must not be stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MustRefuse(ulong entry) => RamEnd != 0 && NamesRam(entry, FrameType.L1);

    /// <summary>The same for an entry of level 2 to 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MustRefuseTable(ulong entry) => RamEnd != 0 && NamesRam(entry, FrameType.L2);

    /// <summary>Whether a frame has such an entry, and so must not become a table of a level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MustRefuseIn(Mfn mfn, FrameType level) => RamEnd != 0 && HasOne(mfn, level);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasOne(Mfn mfn, FrameType level)
    {
        Preemption.Charge(Cost.Table);
        foreach (ulong entry in DirectMap.Table(mfn))
        {
            if ((entry & PageTableEntry.Present) == 0 && NamesRam(entry, level))
                return true;
        }
        return false;
    }

    /// <summary>The processor looks at no more bits of an address than it has.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool NamesRam(ulong entry, FrameType level)
    {
        if (level != FrameType.L1 && (entry & PageTableEntry.LargePage) != 0)
            return true;
        ulong address = entry & AddressMask;
        return address != 0 && address < RamEnd;
    }
}
