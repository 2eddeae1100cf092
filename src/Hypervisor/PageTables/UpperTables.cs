using System;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Entries of tables of level 2 to 4: what a new one takes, what an old one gives back, and whole tables, which can stop between two entries. Those
/// of level 1 are <see cref="Level1Entries"/>. Deciding comes first and may refuse; storing cannot fail. See <see cref="FrameTable"/> for the theory.
/// </summary>
public static class UpperTables
{
    /// <summary>Validates all entries of a frame that becomes a table of level 1 or descriptors; on an error nothing is held.</summary>
    public static Errno Validate(Mfn mfn, FrameType type, ref Domain domain)
        => type == FrameType.Descriptors ? DescriptorRules.Validate(mfn) : Level1Entries.Validate(mfn, ref domain);

    /// <summary>
    /// Goes on validating a table of level 2 to 4, whose first `held` entries hold what they name. Errors: Restart where the present call's share is
    /// used up, else as for <see cref="TakeTable"/>; `held` tells how far it came.
    /// </summary>
    public static Errno ValidateTables(Mfn mfn, FrameType type, ref int held, ref Domain domain)
    {
        if (held == 0 && AbsentEntries.MustRefuseIn(mfn))
            return Errno.Inval;
        int within = held % TableScan.GroupSize;
        int start = unchecked(held - within);
        while ((start = TableScan.Next(mfn, start)) < PageTableEntry.Count)
        {
            if (start >= held)
                within = 0;
            if (!IsHypervisors(type, start))
            {
                Errno error = TakeTables(DirectMap.Table(mfn).Slice(start, TableScan.GroupSize), type, ref within, ref domain);
                if (error != Errno.None)
                {
                    held = unchecked(start + within);
                    return error;
                }
            }
            start = unchecked(start + TableScan.GroupSize);
        }
        held = PageTableEntry.Count;
        Preemption.Charge(Cost.UpperTable);
        if (type == FrameType.L4)
            HypervisorTables.ShareInto(mfn);
        return Errno.None;
    }

    /// <summary>Takes what the entries of a group name from the one `within` it on, which then tells how far it came.</summary>
    private static Errno TakeTables(Span<ulong> group, FrameType type, ref int within, ref Domain domain)
    {
        while (true)
        {
            within = TakeUsual(group, within, type, domain.Id);
            if (within == group.Length)
                return Errno.None;
            ulong entry = group[within];
            Errno error = Preemption.IsDue ? Errno.Restart : TakeTable(entry, type, ref domain);
            if (error != Errno.None)
                return error;
            group[within] = PageTableEntry.StoredTable(entry, type);
            within = unchecked(within + 1);
        }
    }

    /// <summary>
    /// Takes what the entries of a group name from one on, as long as those are tables already; returns the place of the first that is not, or the
    /// group's end. A function without calls, so all it needs is in registers.
    /// </summary>
    private static int TakeUsual(Span<ulong> group, int index, FrameType type, ushort owner)
    {
        Table<Frame> frames = FrameTable.All;
        for (; index < group.Length; index = unchecked(index + 1))
        {
            ulong entry = group[index];
            if ((entry & PageTableEntry.Present) == 0)
                continue;
            ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
            ulong state = frame.State;
            if (frame.Owner != owner || (entry & PageTableEntry.TableRefused) != 0 || !FrameTable.MayTakeAnother(state, unchecked(type - 1)))
                break;
            frame.GetTyped(state);
            group[index] = PageTableEntry.StoredTable(entry, type);
        }
        return index;
    }

    /// <summary>
    /// Gives back what the first `held` entries of a table of level 2 to 4 hold, from the last of them down; false where the present call's share is
    /// used up before, and `held` then tells how many are left.
    /// </summary>
    public static bool TryGiveTables(Mfn mfn, FrameType type, ref int held)
    {
        int end = unchecked((held + TableScan.GroupSize - 1) & -TableScan.GroupSize);
        for (int start = TableScan.Previous(mfn, end); start >= 0; start = TableScan.Previous(mfn, start))
        {
            int within = unchecked(held - start);
            if (within > TableScan.GroupSize)
                within = TableScan.GroupSize;
            if (!IsHypervisors(type, start) && !TryGiveTables(DirectMap.Table(mfn).Slice(start, TableScan.GroupSize), ref within))
            {
                held = unchecked(start + within);
                return false;
            }
        }
        Preemption.Charge(Cost.UpperTable);
        return true;
    }

    private static bool TryGiveTables(Span<ulong> group, ref int within)
    {
        while (true)
        {
            within = GiveUsual(group, within);
            if (within == 0)
                return true;
            if (Preemption.IsDue)
                return false;
            within = unchecked(within - 1);
            TypedReferences.Give(PageTableEntry.FrameOf(group[within]));
        }
    }

    /// <summary>
    /// Gives back what the first entries of a group name, from the last down, as long as others name the same; returns how many are left, of which
    /// the last one's reference is the last, or 0.
    /// </summary>
    private static int GiveUsual(Span<ulong> group, int left)
    {
        Table<Frame> frames = FrameTable.All;
        for (; left > 0; left = unchecked(left - 1))
        {
            ulong entry = group[unchecked(left - 1)];
            if ((entry & PageTableEntry.Present) == 0)
                continue;
            ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
            ulong state = frame.State;
            if (FrameTable.IsLastOfType(state))
                break;
            frame.PutTyped(state);
        }
        return left;
    }

    /// <summary>Whether a group of entries is the hypervisor's, whose slots are whole groups.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsHypervisors(FrameType type, int start)
        => type == FrameType.L4 && unchecked((uint)(start - Layout.FirstSlot)) < Layout.SlotCount;

    /// <summary>
    /// Takes what a present entry of a table of level 2 to 4 names. Errors: Inval for bits that may not be set, frames that are not tables of the
    /// level below and do not become such; Restart where that is not finished.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Errno TakeTable(ulong entry, FrameType level, ref Domain domain)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.TableRefused) != 0 || !FrameTable.Exists(mfn))
            return Errno.Inval;
        return TypedReferences.Take(mfn, unchecked(level - 1), domain.Id, ref domain);
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
            Errno error = TakeTable(entry, level, ref domain);
            if (error != Errno.None)
                return error;
            entry = PageTableEntry.StoredTable(entry, level);
        }
        else if (AbsentEntries.MustRefuse(entry))
            return Errno.Inval;
        ulong old = level == FrameType.L4 ? LoadedRoots.Store(ref slot, entry, keep) : Level1Entries.Keep(ref slot, entry, keep);
        wasPresent = (old & PageTableEntry.Present) != 0;
        if (wasPresent)
            TypedReferences.Give(PageTableEntry.FrameOf(old));
        return Errno.None;
    }
}
