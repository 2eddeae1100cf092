using System;
using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Entries of level-1 tables: what a new one takes, what an old one gives back, and whole tables. Deciding comes first and may refuse; storing
/// cannot fail. See <see cref="FrameTable"/> for the theory.
///
/// Nearly every entry names RAM of its owner's that is already in use as the entry wants it. That case is tried first, in a few instructions
/// without a call; what it does not take goes to <see cref="Take"/>, which knows all cases and alone may refuse. The same for giving back: all
/// references but the last are a subtraction.
/// </summary>
public static class Level1Entries
{
    /// <summary>Entries alike in these bits refer to the same frame in the same way.</summary>
    private const ulong Decisive = PageTableEntry.FrameMask | PageTableEntry.Present | PageTableEntry.Writable | PageTableEntry.CacheMask;

    /// <summary>Takes what all entries of a frame that becomes a level-1 table refer to. Errors: as for one entry; nothing is then held.</summary>
    public static Errno Validate(Mfn mfn, ref Domain domain)
    {
        Span<ulong> table = DirectMap.Table(mfn);
        ulong usual = 0, unusual = 0;
        int index = TableScan.Next(mfn, 0);
        while (index < PageTableEntry.Count)
        {
            usual = unchecked(usual - (ulong)index);
            index = TakeUsual(table, index, domain.Id);
            usual = unchecked(usual + (ulong)(index < 0 ? ~index : index));
            if (index < 0)
            {
                index = ~index;
                unusual = unchecked(unusual + 1);
                Errno error = TakeUnusual(ref table[index], domain.Id, ref domain);
                if (error != Errno.None)
                {
                    Give(mfn, index);
                    return error;
                }
                index = unchecked(index + 1);
            }
            index = Onward(mfn, index);
        }
        Charge(usual, unusual);
        return Errno.None;
    }

    /// <summary>Gives back what the entries of a table refer to.</summary>
    public static void Devalidate(Mfn mfn) => Give(mfn, PageTableEntry.Count);

    /// <summary>Gives back what the first `end` entries of a table refer to.</summary>
    private static void Give(Mfn mfn, int end)
    {
        Span<ulong> table = DirectMap.Table(mfn)[..end];
        ulong usual = 0, unusual = 0;
        int index = TableScan.Next(mfn, 0);
        while (index < end)
        {
            usual = unchecked(usual - (ulong)index);
            index = GiveUsual(table, index);
            usual = unchecked(usual + (ulong)(index < 0 ? ~index : index));
            if (index < 0)
            {
                unusual = unchecked(unusual + 1);
                GiveLast(table[~index]);
                index = unchecked(~index + 1);
            }
            index = Onward(mfn, index);
        }
        Charge(usual, unusual);
    }

    private static void Charge(ulong usual, ulong unusual)
        => Preemption.Charge(unchecked(Cost.Table + usual * Cost.UsualEntry + unusual * Cost.UnusualEntry));

    /// <summary>Where to go on when all before an index has been dealt with: absent entries are passed by whole groups.</summary>
    private static int Onward(Mfn mfn, int index) => index % TableScan.GroupSize != 0 ? index : TableScan.Next(mfn, index);

    /// <summary>
    /// Takes what entries from an index on refer to as long as that is the usual: returns where a group that ends with an absent entry or the table
    /// does, or the complement of the index of an entry for <see cref="TakeUnusual"/>. A function without calls, so all it needs is in registers.
    /// </summary>
    private static int TakeUsual(Span<ulong> table, int index, ushort owner)
    {
        Table<Frame> frames = FrameTable.All;
        for (; index < table.Length; index = unchecked(index + 1))
        {
            ulong entry = table[index];
            if ((entry & PageTableEntry.Present) == 0)
            {
                if (index % TableScan.GroupSize == TableScan.GroupSize - 1)
                    return unchecked(index + 1);
                continue;
            }
            ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
            ulong state = frame.State;
            if (frame.Owner != owner || (entry & PageTableEntry.Level1Refused) != 0)
                return ~index;
            if ((entry & PageTableEntry.Writable) == 0)
            {
                if (!FrameTable.MayTake(state))
                    return ~index;
                frame.GetPage(state);
            }
            else
            {
                if (!FrameTable.MayTakeWritable(state))
                    return ~index;
                frame.GetWritable(state);
            }
            if ((entry & PageTableEntry.User) == 0)
                table[index] = PageTableEntry.StoredLevel1(entry);
        }
        return index;
    }

    /// <summary>The same for giving back; the complement is that of an entry that holds the last reference of its kind.</summary>
    private static int GiveUsual(Span<ulong> table, int index)
    {
        Table<Frame> frames = FrameTable.All;
        for (; index < table.Length; index = unchecked(index + 1))
        {
            ulong entry = table[index];
            if ((entry & PageTableEntry.Present) == 0)
            {
                if (index % TableScan.GroupSize == TableScan.GroupSize - 1)
                    return unchecked(index + 1);
                continue;
            }
            ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
            if (frame.Owner == DomainIds.Io)
                continue;
            ulong state = frame.State;
            if ((entry & PageTableEntry.Writable) == 0)
            {
                if (FrameTable.IsLast(state))
                    return ~index;
                frame.PutPage(state);
            }
            else
            {
                if (FrameTable.IsLastOfType(state))
                    return ~index;
                frame.PutTyped(state);
            }
        }
        return index;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Errno TakeUnusual(ref ulong slot, ushort owner, ref Domain domain)
    {
        ulong entry = slot;
        Errno error = Take(ref entry, owner, ref domain);
        if (error == Errno.None)
            slot = entry;
        return error;
    }

    /// <summary>
    /// Takes what a present entry mapping a frame of `owner` refers to, and makes it what is to be stored. Errors: Inval for bits that may not be
    /// set, frames that are not the owner's or are in use as tables while RW is asked for, and device memory without hardware access; Perm for the
    /// interrupt controllers.
    /// </summary>
    private static Errno Take(ref ulong entry, ushort owner, ref Domain domain)
    {
        if ((entry & PageTableEntry.Level1Refused) != 0 && !domain.Rights.HasHardware)
            return Errno.Inval;
        NoteOwner(owner, ref domain);
        Mfn mfn = PageTableEntry.FrameOf(entry);
        entry = PageTableEntry.StoredLevel1(entry);
        if (FrameTable.OfAny(mfn).Owner == DomainIds.Io)
        {
            entry |= PageTableEntry.WriteThrough | PageTableEntry.CacheDisable;
            return DeviceFrames.MayMap(mfn, ref domain);
        }
        if ((entry & PageTableEntry.Writable) != 0)
            return TypedReferences.Take(mfn, FrameType.Writable, owner, ref domain);
        return FrameTable.TryTake(ref FrameTable.OfAny(mfn), owner) ? Errno.None : Errno.Inval;
    }

    /// <summary>The same, tried first as the usual.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Errno TakeAny(ref ulong entry, ushort owner, ref Domain domain)
    {
        ref Frame frame = ref FrameTable.OfAny(PageTableEntry.FrameOf(entry));
        ulong state = frame.State;
        bool writable = (entry & PageTableEntry.Writable) != 0;
        if (frame.Owner == owner && (entry & PageTableEntry.Level1Refused) == 0
            && (!writable || FrameTable.MayTakeWritable(state)) && FrameTable.MayTake(state))
        {
            if (writable)
                frame.GetWritable(state);
            else
                frame.GetPage(state);
            entry = PageTableEntry.StoredLevel1(entry);
            return Errno.None;
        }
        ulong other = entry;
        Errno error = Take(ref other, owner, ref domain);
        entry = other;
        return error;
    }

    /// <summary>Gives back what a present entry held, whatever it is; always None.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Errno GiveLast(ulong entry)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        ref Frame frame = ref FrameTable.OfAny(mfn);
        if (frame.Owner == DomainIds.Io)
            return Errno.None;
        if ((entry & PageTableEntry.Writable) != 0)
            TypedReferences.Give(mfn, ref frame);
        else
            FrameTable.Give(mfn, ref frame);
        return Errno.None;
    }

    /// <summary>Gives back what an entry held, if it did; always None.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Errno GiveIfPresent(ulong entry)
    {
        if ((entry & PageTableEntry.Present) == 0)
            return Errno.None;
        ref Frame frame = ref FrameTable.OfAny(PageTableEntry.FrameOf(entry));
        ulong state = frame.State;
        if (frame.Owner == DomainIds.Io)
            return Errno.None;
        if ((entry & PageTableEntry.Writable) == 0)
        {
            if (FrameTable.IsLast(state))
                return GiveLast(entry);
            frame.PutPage(state);
            return Errno.None;
        }
        if (FrameTable.IsLastOfType(state))
        {
            if (FrameTable.IsLast(state))
                return GiveLast(entry);
            frame.PutLastWritable(state, Tlb.Clock);
            return Errno.None;
        }
        frame.PutTyped(state);
        return Errno.None;
    }

    /// <summary>
    /// Replaces an entry, which may map a frame of `owner`. `keep` names bits of the old entry to carry over as the processor may be setting them
    /// (accessed, dirty). Errors as for the taking of the new entry; nothing is then changed.
    /// </summary>
    public static Errno Replace(ref ulong slot, ulong entry, ulong keep, ushort owner, ref Domain domain)
    {
        if ((entry & PageTableEntry.Present) != 0)
        {
            if (((slot ^ entry) & Decisive) == 0)
            {
                Store(ref slot, PageTableEntry.StoredLevel1(entry), keep);
                return Errno.None;
            }
            ref Frame frame = ref FrameTable.OfAny(PageTableEntry.FrameOf(entry));
            ulong state = frame.State;
            if (frame.Owner != owner || (entry & PageTableEntry.Level1Refused) != 0)
                return ReplaceUnusual(ref slot, entry, keep, owner, ref domain);
            if ((entry & PageTableEntry.Writable) == 0)
            {
                if (!FrameTable.MayTake(state))
                    return ReplaceUnusual(ref slot, entry, keep, owner, ref domain);
                frame.GetPage(state);
            }
            else
            {
                if (!FrameTable.MayTakeWritable(state))
                    return ReplaceUnusual(ref slot, entry, keep, owner, ref domain);
                frame.GetWritable(state);
            }
            NoteOwner(owner, ref domain);
            entry = PageTableEntry.StoredLevel1(entry);
        }
        return GiveIfPresent(Store(ref slot, entry, keep));
    }

    /// <summary>
    /// An entry that maps a frame of `owner` is about to be the domain's, whoever asked for it: processors that hold the domain may remember a frame
    /// of another's from now on (<see cref="Flushes"/>).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NoteOwner(ushort owner, ref Domain domain)
    {
        if (owner != domain.Id)
            domain.Memory.MapsForeign = true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Errno ReplaceUnusual(ref ulong slot, ulong entry, ulong keep, ushort owner, ref Domain domain)
    {
        ulong stored = entry;
        Errno error = Take(ref stored, owner, ref domain);
        return error == Errno.None ? GiveIfPresent(Store(ref slot, stored, keep)) : error;
    }

    /// <summary>Stores an entry with some bits of the former one, which is told.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Store(ref ulong slot, ulong entry, ulong keep)
        => keep == 0 ? Interlocked.Exchange(ref slot, entry) : Keep(ref slot, entry, keep);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Keep(ref ulong slot, ulong entry, ulong keep)
    {
        ulong expected = slot;
        while (true)
        {
            ulong found = Interlocked.CompareExchange(ref slot, entry | (expected & keep), expected);
            if (found == expected)
                return found;
            expected = found;
        }
    }

    /// <summary>
    /// Replaces an entry, which may map a frame of the domain's own, and tells the former one. Errors as for the taking of the new entry; nothing is
    /// then changed.
    /// </summary>
    public static Errno Exchange(ref ulong slot, ulong entry, ref Domain domain, out ulong old)
    {
        old = 0;
        if ((entry & PageTableEntry.Present) != 0)
        {
            Errno error = TakeAny(ref entry, domain.Id, ref domain);
            if (error != Errno.None)
                return error;
        }
        old = Interlocked.Exchange(ref slot, entry);
        return GiveIfPresent(old);
    }

    /// <summary>
    /// Replaces an entry only if it still is `expected`, for emulated read-modify-write instructions. Errors: Again where it is not, else as for the
    /// taking of the new entry; nothing is then changed.
    /// </summary>
    public static Errno ReplaceExact(ref ulong slot, ulong entry, ref Domain domain, ulong expected)
    {
        if ((entry & PageTableEntry.Present) != 0)
        {
            Errno error = TakeAny(ref entry, domain.Id, ref domain);
            if (error != Errno.None)
                return error;
        }
        if (Interlocked.CompareExchange(ref slot, entry, expected) == expected)
            return GiveIfPresent(expected);
        GiveIfPresent(entry);
        return Errno.Again;
    }

    /// <summary>Moves an entry, with what it holds, to another place; the old entry there gives back what it held.</summary>
    public static void Move(ref ulong from, ref ulong to) => GiveIfPresent(Interlocked.Exchange(ref to, Interlocked.Exchange(ref from, 0)));

    /// <summary>
    /// Finds the entry for an address under a root: its physical address, or 0 where a table is missing or the address is the hypervisor's. The
    /// tables are validated, so their frames exist.
    /// </summary>
    public static ulong Find(ulong root, ulong address)
    {
        const ulong lowerEnd = 0x0000_8000_0000_0000;
        if (unchecked(address - lowerEnd) < unchecked(Layout.End - lowerEnd) || root == 0)
            return 0;
        ulong entry = EntryOf(root, address >> 36);
        if ((entry & PageTableEntry.Present) == 0)
            return 0;
        entry = EntryOf(entry, address >> 27);
        if ((entry & PageTableEntry.Present) == 0)
            return 0;
        entry = EntryOf(entry, address >> 18);
        return (entry & PageTableEntry.Present) == 0 ? 0 : PlaceOf(entry, address >> 9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PlaceOf(ulong table, ulong index) => (table & PageTableEntry.FrameMask) | (index & 0xff8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EntryOf(ulong table, ulong index) => DirectMap.At<ulong>(PlaceOf(table, index));
}
