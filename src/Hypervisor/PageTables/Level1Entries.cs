using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// Entries of L1 tables: what a new one takes, what an old one gives back. Deciding comes first and may refuse; storing cannot fail. See
/// <see cref="FrameTable"/> for the theory, and <see cref="TableWalk"/> for whole tables.
///
/// Nearly every entry names RAM of its owner's that is already in use as the entry wants it. That case is tried first, in a few instructions
/// without a call; what it does not take goes to Take, which knows all cases and alone may refuse. The same for giving back: all
/// references but the last are a subtraction.
/// </summary>
public static class Level1Entries
{
    /// <summary>Entries alike in these bits refer to the same frame in the same way.</summary>
    private const ulong Decisive = PageTableEntry.FrameMask | PageTableEntry.Present | PageTableEntry.Writable | PageTableEntry.CacheMask;

    /// <summary>
    /// Takes what a present entry names where that is RAM of `owner`'s that is already in use as the entry wants it; false where it is not, and
    /// nothing is then taken.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryGetUsual(Table<Frame> frames, ulong entry, ushort owner)
    {
        ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
        ulong state = frame.State;
        if (frame.Owner != owner || (entry & PageTableEntry.Level1Refused) != 0)
            return false;
        if ((entry & PageTableEntry.Writable) == 0)
        {
            if (!FrameTable.MayGetReadable(state))
                return false;
            frame.GetPage(state);
            return true;
        }
        if (!FrameTable.MayGetWritable(state))
            return false;
        frame.GetWritable(state);
        return true;
    }

    /// <summary>
    /// Takes what a present entry mapping a frame of `owner` refers to, and makes it what is to be stored in the place of `former`; `chooses` tells
    /// whether it may choose the frame's cache attribute. Errors: Inval for bits that may not be set, frames that are not the owner's or are in use
    /// as tables while RW is asked for, and device memory without hardware access; Perm for the interrupt controllers, and for what is no RAM as
    /// another domain's.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Errno Get(ref ulong slot, ulong former, bool chooses, ushort owner, ref Domain domain)
    {
        NoteOwner(owner, ref domain);
        ulong entry = PageTableEntry.StoredLevel1(slot);
        Mfn mfn = PageTableEntry.FrameOf(entry);
        ref Frame frame = ref FrameTable.OfAny(mfn);
        if (frame.Owner == DomainIds.Io)
            return owner == domain.Id || owner == DomainIds.Io ? DeviceFrames.Get(ref slot, entry, ref domain) : Errno.Perm;
        if (!CacheAttributes.MayAsk(entry, frame, domain))
            return Errno.Inval;
        bool isSole = chooses && CacheAttributes.IsSole(frame, mfn, former);
        Errno error = Errno.Inval;
        if ((entry & PageTableEntry.Writable) != 0)
            error = TypedReferences.Get(mfn, FrameType.Writable, owner, ref domain);
        else if (FrameTable.TryGet(ref frame, owner))
            error = Errno.None;
        if (error == Errno.None)
            slot = CacheAttributes.Settle(entry, mfn, ref frame, isSole, domain);
        return error;
    }

    /// <summary>The same of an entry that may be absent and maps a frame of the domain's own, tried first as the usual.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Errno GetIfPresent(ref ulong entry, ulong former, ref Domain domain)
    {
        if ((entry & PageTableEntry.Present) == 0)
            return AbsentEntries.MustRefuse(entry) ? Errno.Inval : Errno.None;
        if (TryGetUsual(FrameTable.All, entry, domain.Id))
        {
            entry = PageTableEntry.StoredLevel1(entry);
            return Errno.None;
        }
        ulong other = entry;
        Errno error = Get(ref other, former, chooses: true, domain.Id, ref domain);
        entry = other;
        return error;
    }

    /// <summary>Gives back what a present entry held, whatever it is; always None.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Errno Put(ulong entry)
    {
        Mfn mfn = PageTableEntry.FrameOf(entry);
        ref Frame frame = ref FrameTable.OfAny(mfn);
        if (frame.Owner == DomainIds.Io)
            return Errno.None;
        if ((entry & PageTableEntry.Writable) != 0)
            TypedReferences.Put(mfn, ref frame);
        else
            FrameTable.Put(mfn, ref frame);
        return Errno.None;
    }

    /// <summary>Gives back what an entry held, if it did; always None.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Errno PutIfPresent(ulong entry)
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
                return Put(entry);
            frame.PutPage(state);
            return Errno.None;
        }
        if (FrameTable.IsLastOfType(state))
        {
            if (FrameTable.IsLast(state))
                return Put(entry);
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
            if (!TryGetUsual(FrameTable.All, entry, owner))
                return ReplaceUnusual(ref slot, entry, keep, owner, ref domain);
            NoteOwner(owner, ref domain);
            entry = PageTableEntry.StoredLevel1(entry);
        }
        else if (AbsentEntries.MustRefuse(entry))
            return Errno.Inval;
        return PutIfPresent(Store(ref slot, entry, keep));
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
        Errno error = Get(ref stored, slot, chooses: true, owner, ref domain);
        return error == Errno.None ? PutIfPresent(Store(ref slot, stored, keep)) : error;
    }

    /// <summary>Stores an entry with some bits of the former one, which is told.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Store(ref ulong slot, ulong entry, ulong keep)
    {
        Written.Entry(ref slot);
        return keep == 0 ? Interlocked.Exchange(ref slot, entry) : Keep(ref slot, entry, keep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Keep(ref ulong slot, ulong entry, ulong keep)
    {
        Written.Entry(ref slot);
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
        Errno error = GetIfPresent(ref entry, slot, ref domain);
        if (error != Errno.None)
            return error;
        old = Store(ref slot, entry, 0);
        return PutIfPresent(old);
    }

    /// <summary>
    /// Replaces an entry only if it still is `expected`, for emulated read-modify-write instructions: what has just been read there, and nothing that
    /// a guest names. Errors: Again where it is not, else as for the taking of the new entry; nothing is then changed.
    /// </summary>
    public static Errno ReplaceExact(ref ulong slot, ulong entry, ref Domain domain, ulong expected)
    {
        Errno error = GetIfPresent(ref entry, expected, ref domain);
        if (error != Errno.None)
            return error;
        Written.Entry(ref slot);
        if (Interlocked.CompareExchange(ref slot, entry, expected) == expected)
            return PutIfPresent(expected);
        PutIfPresent(entry);
        CacheAttributes.SetBack(expected, domain);
        return Errno.Again;
    }

    /// <summary>Moves an entry, with what it holds, to another place; the old entry there gives back what it held.</summary>
    public static void Move(ref ulong from, ref ulong to) => PutIfPresent(Store(ref to, Store(ref from, 0, 0), 0));

    /// <summary>
    /// Finds the entry for an address under a root: nowhere where a table is missing or the address is the hypervisor's. The tables are validated,
    /// so their frames exist.
    /// </summary>
    public static EntryPlace Find(MachineAddress root, GuestAddress address)
    {
        const ulong lowerEnd = 0x0000_8000_0000_0000;
        ulong linear = address.Value;
        if (unchecked(linear - lowerEnd) < unchecked(Layout.End - lowerEnd) || root == 0)
            return default;
        ulong entry = EntryOf(root, linear >> 36);
        if ((entry & PageTableEntry.Present) == 0)
            return default;
        entry = EntryOf(entry, linear >> 27);
        if ((entry & PageTableEntry.Present) == 0)
            return default;
        entry = EntryOf(entry, linear >> 18);
        return (entry & PageTableEntry.Present) == 0 ? default : PlaceOf(entry, linear >> 9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static EntryPlace PlaceOf(ulong table, ulong index) => new(new((table & PageTableEntry.FrameMask) | (index & 0xff8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EntryOf(ulong table, ulong index) => PlaceOf(table, index).Slot;
}
