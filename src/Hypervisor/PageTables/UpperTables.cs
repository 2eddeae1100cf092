using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Entries of tables of level 2 to 4: what a new one takes, what an old one gives back. Those of level 1 are <see cref="Level1Entries"/>, whole
/// tables <see cref="TableWalk"/>. Deciding comes first and may refuse; storing cannot fail. See <see cref="FrameTable"/> for the theory.
/// </summary>
public static class UpperTables
{
    /// <summary>
    /// Takes what a present entry of a table of level 2 to 4 names, and makes it what is to be stored. Errors: Inval for bits that may not be set,
    /// frames that are not tables of the level below and do not become such; Restart where that is not finished.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Errno Get(ref ulong slot, FrameType level, ref Domain domain)
    {
        ulong entry = slot;
        Mfn mfn = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.TableRefused) != 0 || !FrameTable.Exists(mfn))
            return Errno.Inval;
        Errno error = TypedReferences.Get(mfn, unchecked(level - 1), domain.Id, ref domain);
        if (error == Errno.None)
            slot = PageTableEntry.StoredTable(entry, level);
        return error;
    }

    /// <summary>
    /// Replaces an entry of a table of level 2 to 4; `keep` names bits of the old entry to carry over as the processor may be setting them.
    /// `wasPresent` tells that translations by the old one may be remembered. Errors as for the taking of the new entry; nothing is then changed.
    /// </summary>
    public static Errno ReplaceTable(ref ulong slot, ulong entry, FrameType level, ulong keep, ref Domain domain, out bool wasPresent)
    {
        wasPresent = false;
        if ((entry & PageTableEntry.Present) != 0)
        {
            Errno error = Get(ref entry, level, ref domain);
            if (error != Errno.None)
                return error;
        }
        else if (AbsentEntries.MustRefuseTable(entry))
            return Errno.Inval;
        ulong old = level == FrameType.L4 ? LoadedRoots.Store(ref slot, entry, keep) : Level1Entries.Keep(ref slot, entry, keep);
        wasPresent = (old & PageTableEntry.Present) != 0;
        if (wasPresent)
            TypedReferences.Put(PageTableEntry.FrameOf(old));
        return Errno.None;
    }
}
