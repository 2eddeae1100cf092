using System;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// Entries of guests' page tables: what a new one takes, what an old one gives back, and whole tables entry by entry. Deciding comes first and
/// may refuse; storing cannot fail. See <see cref="FrameTable"/> for the theory.
/// </summary>
public static class PageTables
{
    /// <summary>What a table costs at least.</summary>
    private const ulong TableMicroseconds = 2;

    /// <summary>What one of level 1 costs with so many groups of entries, which may be the first or the last uses of frames.</summary>
    private static ulong Level1Microseconds(ulong groups) => TableMicroseconds + groups * 5 / 8;

    /// <summary>Entries looked at together: most tables are empty but for a few stretches. The hypervisor's slots are whole groups.</summary>
    private const int GroupSize = 8;

    /// <summary>Validates all entries of a frame that becomes a table of level 1 or descriptors; on an error nothing is held.</summary>
    public static Errno Validate(Mfn mfn, FrameType type, ref Domain domain)
    {
        if (type == FrameType.Descriptors)
            return Descriptors.Validate(mfn);
        Span<ulong> table = DirectMap.Table(mfn);
        ulong groups = 0;
        for (int start = 0; start < PageTableEntry.Count; start = unchecked(start + GroupSize))
        {
            Span<ulong> group = table.Slice(start, GroupSize);
            if (IsEmpty(group))
                continue;
            groups = unchecked(groups + 1);
            Errno error = TakeGroup(group, ref domain, out int taken);
            if (error != Errno.None)
            {
                GiveEntries(table[..unchecked(start + taken)]);
                return error;
            }
        }
        Preemption.Spend(Level1Microseconds(groups));
        return Errno.None;
    }

    /// <summary>
    /// Goes on validating a table of level 2 to 4, whose first `held` entries hold what they name. Errors: Restart where the present call's share is
    /// used up, else as for <see cref="TakeTable"/>; `held` tells how far it came.
    /// </summary>
    public static Errno ValidateTables(Mfn mfn, FrameType type, ref int held, ref Domain domain)
    {
        Span<ulong> table = DirectMap.Table(mfn);
        int within = held % GroupSize;
        for (int start = unchecked(held - within); start < PageTableEntry.Count; start = unchecked(start + GroupSize))
        {
            Span<ulong> group = table.Slice(start, GroupSize);
            if (!IsPassed(group, type, start))
            {
                Errno error = TakeTables(group, type, ref within, ref domain);
                held = unchecked(start + within);
                if (error != Errno.None)
                    return error;
            }
            within = 0;
        }
        Preemption.Spend(TableMicroseconds);
        if (type == FrameType.L4)
            HypervisorTables.ShareInto(mfn);
        return Errno.None;
    }

    /// <summary>Takes what the entries of a group name from the one `within` it on, which then tells how far it came.</summary>
    private static Errno TakeTables(Span<ulong> group, FrameType type, ref int within, ref Domain domain)
    {
        foreach (ref ulong slot in group[within..])
        {
            ulong entry = slot;
            if ((entry & PageTableEntry.Present) != 0)
            {
                Errno error = Preemption.IsDue ? Errno.Restart : TakeTable(ref entry, type, ref domain);
                if (error != Errno.None)
                    return error;
                slot = entry;
            }
            within = unchecked(within + 1);
        }
        return Errno.None;
    }

    /// <summary>Gives back what the entries of a table of level 1 hold.</summary>
    public static void Devalidate(Mfn mfn) => GiveEntries(DirectMap.Table(mfn));

    /// <summary>
    /// Gives back what the first `held` entries of a table of level 2 to 4 hold, from the last of them down; false where the present call's share is
    /// used up before, and `held` then tells how many are left.
    /// </summary>
    public static bool TryGiveTables(Mfn mfn, FrameType type, ref int held)
    {
        Span<ulong> table = DirectMap.Table(mfn);
        int within = unchecked((held - 1) % GroupSize + 1);
        for (int start = unchecked(held - within); start >= 0; start = unchecked(start - GroupSize))
        {
            Span<ulong> group = table.Slice(start, GroupSize);
            if (!IsPassed(group, type, start) && !TryGiveTables(group, type, ref within))
            {
                held = unchecked(start + within);
                return false;
            }
            within = GroupSize;
        }
        Preemption.Spend(TableMicroseconds);
        return true;
    }

    private static bool TryGiveTables(Span<ulong> group, FrameType type, ref int within)
    {
        for (; within > 0; within = unchecked(within - 1))
        {
            ulong entry = group[unchecked(within - 1)];
            if ((entry & PageTableEntry.Present) == 0)
                continue;
            if (Preemption.IsDue)
                return false;
            GiveEntry(entry, type);
        }
        return true;
    }

    /// <summary>Whether a group of entries holds nothing: it names nothing, or is the hypervisor's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPassed(ReadOnlySpan<ulong> group, FrameType type, int start)
        => IsEmpty(group) || (type == FrameType.L4 && unchecked((uint)(start - Layout.FirstSlot)) < Layout.SlotCount);

    /// <summary>Takes what some entries of level 1 refer to, up to the first that is refused, whose place is then told.</summary>
    private static Errno TakeGroup(Span<ulong> group, ref Domain domain, out int taken)
    {
        taken = 0;
        foreach (ref ulong slot in group)
        {
            ulong entry = slot;
            if ((entry & PageTableEntry.Present) != 0)
            {
                Errno error = TakeLevel1(ref entry, domain.Id, ref domain);
                if (error != Errno.None)
                    return error;
                slot = entry;
            }
            taken = unchecked(taken + 1);
        }
        return Errno.None;
    }

    /// <summary>Gives back what entries of level 1 hold.</summary>
    private static void GiveEntries(Span<ulong> entries)
    {
        int start = 0;
        ulong groups = 0;
        for (; start <= entries.Length - GroupSize; start = unchecked(start + GroupSize))
        {
            Span<ulong> group = entries.Slice(start, GroupSize);
            if (IsEmpty(group))
                continue;
            groups = unchecked(groups + 1);
            GiveGroup(group);
        }
        GiveGroup(entries[start..]);
        Preemption.Spend(Level1Microseconds(groups));
    }

    private static void GiveGroup(Span<ulong> group)
    {
        foreach (ulong entry in group)
        {
            if ((entry & PageTableEntry.Present) != 0)
                GiveEntry(entry, FrameType.L1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsEmpty(ReadOnlySpan<ulong> group)
        => ((group[0] | group[1] | group[2] | group[3] | group[4] | group[5] | group[6] | group[7]) & PageTableEntry.Present) == 0;

    /// <summary>
    /// A present level-1 entry mapping a frame of `owner`. Errors: Inval for bits that may not be set, frames that are not the owner's or are in
    /// use as tables while RW is asked for; Perm for device memory without hardware access.
    /// </summary>
    public static Errno TakeLevel1(ref ulong entry, ushort owner, ref Domain domain)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        ref Frame frame = ref FrameTable.OfAny(mfn);
        if ((entry & PageTableEntry.Level1Refused) != 0 || frame.Owner == DomainIds.Io)
            return TakeUnusual(ref entry, mfn, owner, ref domain);
        entry = PageTableEntry.StoredLevel1(entry);
        if ((entry & PageTableEntry.Writable) != 0)
            return FrameTable.TakeTyped(mfn, FrameType.Writable, owner, ref domain);
        return FrameTable.TryTake(ref frame, owner) ? Errno.None : Errno.Inval;
    }

    /// <summary>The same where the frame is no RAM, or cache attributes are asked for.</summary>
    private static Errno TakeUnusual(ref ulong entry, Mfn mfn, ushort owner, ref Domain domain)
    {
        if ((entry & PageTableEntry.Level1Refused) != 0 && !domain.HasHardware)
            return Errno.Inval;
        entry = PageTableEntry.StoredLevel1(entry);
        if (FrameTable.OfAny(mfn).Owner == DomainIds.Io)
        {
            entry |= PageTableEntry.WriteThrough | PageTableEntry.CacheDisable;
            return DeviceFrames.MayMap(mfn, ref domain);
        }
        if ((entry & PageTableEntry.Writable) != 0)
            return FrameTable.TakeTyped(mfn, FrameType.Writable, owner, ref domain);
        return FrameTable.TryTake(ref FrameTable.Of(mfn), owner) ? Errno.None : Errno.Inval;
    }

    /// <summary>
    /// A present entry of a table of level 2 to 4. Errors: Inval for bits that may not be set, frames that are not tables of the level below and do
    /// not become such; Restart where that is not finished.
    /// </summary>
    private static Errno TakeTable(ref ulong entry, FrameType level, ref Domain domain)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.TableRefused) != 0 || !FrameTable.Exists(mfn))
            return Errno.Inval;
        entry = PageTableEntry.StoredTable(entry, level);
        return FrameTable.TakeTyped(mfn, level - 1, domain.Id, ref domain);
    }

    /// <summary>Gives back what a present entry held.</summary>
    private static void GiveEntry(ulong entry, FrameType level)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        ref Frame frame = ref FrameTable.OfAny(mfn);
        if (frame.Owner == DomainIds.Io)
            return;
        if (level != FrameType.L1 || (entry & PageTableEntry.Writable) != 0)
            FrameTable.GiveTyped(mfn, ref frame);
        else
            FrameTable.Give(mfn, ref frame);
    }

    /// <summary>
    /// Replaces a level-1 entry, which may map a frame of `owner`. `keep` names bits of the old entry to carry over as the processor may be
    /// setting them (accessed, dirty). Errors as for the taking of the new entry; nothing is then changed.
    /// </summary>
    public static Errno ReplaceLevel1(ref ulong slot, ulong entry, ulong keep, ushort owner, ref Domain domain)
    {
        const ulong decisive = PageTableEntry.FrameMask | PageTableEntry.Present | PageTableEntry.Writable | PageTableEntry.CacheMask;
        ulong old = slot;
        if ((entry & PageTableEntry.Present) != 0)
        {
            if (((old ^ entry) & decisive) == 0)
            {
                Store(ref slot, PageTableEntry.StoredLevel1(entry), keep, old);
                return Errno.None;
            }
            Errno error = TakeLevel1(ref entry, owner, ref domain);
            if (error != Errno.None)
                return error;
        }
        old = Store(ref slot, entry, keep, old);
        if ((old & PageTableEntry.Present) != 0)
            GiveEntry(old, FrameType.L1);
        return Errno.None;
    }

    /// <summary>
    /// Replaces an entry of a table of level 2 to 4; `keep` as for level 1. `wasPresent` tells that translations by the old one may be remembered.
    /// </summary>
    public static Errno ReplaceTable(ref ulong slot, ulong entry, FrameType level, ulong keep, ref Domain domain, out bool wasPresent)
    {
        wasPresent = false;
        ulong old = slot;
        if ((entry & PageTableEntry.Present) != 0)
        {
            Errno error = TakeTable(ref entry, level, ref domain);
            if (error != Errno.None)
                return error;
        }
        old = Store(ref slot, entry, keep, old);
        wasPresent = (old & PageTableEntry.Present) != 0;
        if (wasPresent)
            GiveEntry(old, level);
        return Errno.None;
    }

    /// <summary>
    /// Replaces a level-1 entry only if it still is `expected`, for emulated read-modify-write instructions. Errors: Again where it is not, else as
    /// for the taking of the new entry; nothing is then changed.
    /// </summary>
    public static Errno ReplaceExact(ref ulong slot, ulong entry, ref Domain domain, ulong expected)
    {
        bool present = (entry & PageTableEntry.Present) != 0;
        Errno error = present ? TakeLevel1(ref entry, domain.Id, ref domain) : Errno.None;
        if (error != Errno.None)
            return error;
        if (Interlocked.CompareExchange(ref slot, entry, expected) != expected)
        {
            if (present)
                GiveEntry(entry, FrameType.L1);
            return Errno.Again;
        }
        if ((expected & PageTableEntry.Present) != 0)
            GiveEntry(expected, FrameType.L1);
        return Errno.None;
    }

    /// <summary>Moves a level-1 entry, with what it holds, to another place; the old entry there gives back what it held.</summary>
    public static void MoveLevel1(ref ulong from, ref ulong to)
    {
        ulong old = Interlocked.Exchange(ref to, Interlocked.Exchange(ref from, 0));
        if ((old & PageTableEntry.Present) != 0)
            GiveEntry(old, FrameType.L1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Store(ref ulong slot, ulong entry, ulong keep, ulong expected)
    {
        while (true)
        {
            ulong found = Interlocked.CompareExchange(ref slot, entry | (expected & keep), expected);
            if (found == expected)
                return found;
            expected = found;
        }
    }

    /// <summary>
    /// Finds the level-1 entry for an address under a root; false where a table is missing. The tables are validated, so their frames exist.
    /// </summary>
    public static bool TryFindLevel1(ulong root, ulong address, out Mfn table, out int index)
    {
        table = Mfn.Of(root & PageTableEntry.FrameMask);
        index = PageTableEntry.Index(address, 1);
        if (Layout.IsHypervisor(address) || !Layout.IsCanonical(address) || root == 0)
            return false;
        return TryDescend(ref table, PageTableEntry.Index(address, 4)) && TryDescend(ref table, PageTableEntry.Index(address, 3))
            && TryDescend(ref table, PageTableEntry.Index(address, 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDescend(ref Mfn table, int index)
    {
        ulong entry = DirectMap.Table(table)[index];
        table = PageTableEntry.FrameOf(entry);
        return (entry & PageTableEntry.Present) != 0;
    }
}
