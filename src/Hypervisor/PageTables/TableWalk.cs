using System;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// The walk over a table of any level: upwards it takes what the entries name, downwards it gives that back. Its place (Frame.Place) is how many
/// entries, from the first on, hold what they name; above level 1 it can stop at each of them and go on later. A table of level 1 is gone through at
/// once: it is 512 entries at most, none of them is a tree, and none chooses a cache attribute, by which lines would be written back.
///
/// Nearly every entry names what is in use already as the entry wants it. Those are walked by functions without calls, all of whose state is in
/// registers, one for each direction and kind of table; what they do not know they leave to <see cref="Level1Entries"/> and
/// <see cref="UpperTables"/>, which alone may refuse. Absent entries are passed by whole groups.
/// </summary>
internal static class TableWalk
{
    /// <summary>
    /// Takes what the entries of a table name, from its place on, which then tells how far it came. Errors: Restart where the present call's
    /// budget is used up, else as for an entry that is refused.
    /// </summary>
    public static Errno Get(Mfn mfn, ref Frame frame, ref Domain domain)
    {
        FrameType type = frame.Type;
        if (frame.Place == 0 && AbsentEntries.MustRefuseIn(mfn, type))
            return Errno.Inval;
        Span<ulong> table = DirectMap.Table(mfn);
        ulong usual = 0, unusual = 0;
        Errno error = Errno.None;
        int index = Onward(mfn, type, frame.Place);
        while (index < PageTableEntry.Count)
        {
            usual = unchecked(usual - (ulong)index);
            index = type == FrameType.L1 ? GetUsual(table, index, domain.Id) : GetUsualTables(table, index, type, domain.Id);
            usual = unchecked(usual + (ulong)(index < 0 ? ~index : index));
            if (index < 0)
            {
                index = ~index;
                unusual = unchecked(unusual + 1);
                error = type == FrameType.L1 ? Level1Entries.Get(ref table[index], 0, chooses: false, domain.Id, ref domain)
                    : Preemption.IsDue ? Errno.Restart : UpperTables.Get(ref table[index], type, ref domain);
                if (error != Errno.None)
                    break;
                index = unchecked(index + 1);
            }
            index = Onward(mfn, type, index);
        }
        Written.Frame(mfn);
        frame.Place = unchecked((ushort)index);
        if (error == Errno.None)
            Charge(type, usual, unusual);
        return error;
    }

    /// <summary>
    /// Gives back what the entries before a table's place hold, from the last of them down; false where the present call's budget is used up before
    /// that: the place then tells how many are left.
    /// </summary>
    public static bool TryPut(Mfn mfn, ref Frame frame)
    {
        FrameType type = frame.Type;
        Span<ulong> table = DirectMap.Table(mfn);
        ulong usual = 0, unusual = 0;
        int left = Back(mfn, type, frame.Place);
        while (left > 0)
        {
            usual = unchecked(usual + (ulong)left);
            left = type == FrameType.L1 ? PutUsual(table, left) : PutUsualTables(table, left);
            usual = unchecked(usual - (ulong)(left < 0 ? ~left : left));
            if (left < 0)
            {
                left = ~left;
                if (type != FrameType.L1 && Preemption.IsDue)
                    break;
                left = unchecked(left - 1);
                unusual = unchecked(unusual + 1);
                if (type == FrameType.L1)
                    Level1Entries.Put(table[left]);
                else
                    TypedReferences.Put(PageTableEntry.FrameOf(table[left]));
            }
            left = Back(mfn, type, left);
        }
        frame.Place = unchecked((ushort)left);
        if (left == 0)
            Charge(type, usual, unusual);
        return left == 0;
    }

    private static void Charge(FrameType type, ulong usual, ulong unusual)
        => Preemption.Charge(type != FrameType.L1 ? Cost.UpperTable : unchecked(Cost.Table + usual * Cost.UsualEntry + unusual * Cost.UnusualEntry));

    /// <summary>Where to go on when all entries before an index hold: at a group's beginning with the next group that has a present one.</summary>
    private static int Onward(Mfn mfn, FrameType type, int index)
    {
        if (index % TableScan.GroupSize != 0)
            return index;
        index = TableScan.Next(mfn, index);
        return type == FrameType.L4 && IsHypervisors(index) ? TableScan.Next(mfn, Layout.FirstSlot + Layout.SlotCount) : index;
    }

    /// <summary>The same downwards: how many entries are left where all from an index on hold nothing.</summary>
    private static int Back(Mfn mfn, FrameType type, int left)
    {
        if (left % TableScan.GroupSize != 0)
            return left;
        int start = TableScan.Previous(mfn, left);
        if (type == FrameType.L4 && IsHypervisors(start))
            start = TableScan.Previous(mfn, Layout.FirstSlot);
        return unchecked(start + TableScan.GroupSize);
    }

    /// <summary>Whether an entry of a top-level table is the hypervisor's, whose slots are whole groups.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsHypervisors(int index) => unchecked((uint)(index - Layout.FirstSlot)) < Layout.SlotCount;

    /// <summary>
    /// Takes what L1 entries from an index on name as long as that is the usual: returns where a group that ends with an absent entry or the
    /// table does, or the complement of the index of an entry for <see cref="Level1Entries"/>.
    /// </summary>
    private static int GetUsual(Span<ulong> table, int index, ushort owner)
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
            if (!Level1Entries.TryGetUsual(frames, entry, owner))
                return ~index;
            if ((entry & PageTableEntry.User) == 0)
                table[index] = PageTableEntry.StoredLevel1(entry);
        }
        return index;
    }

    /// <summary>
    /// The same for giving back, downwards: returns how many entries are left where a group that begins with an absent one does, or the complement of
    /// that where the last of those left holds the last reference of its kind.
    /// </summary>
    private static int PutUsual(Span<ulong> table, int left)
    {
        Table<Frame> frames = FrameTable.All;
        for (; left > 0; left = unchecked(left - 1))
        {
            ulong entry = table[unchecked(left - 1)];
            if ((entry & PageTableEntry.Present) == 0)
            {
                if (left % TableScan.GroupSize == 1)
                    return unchecked(left - 1);
                continue;
            }
            ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
            if (frame.Owner == DomainIds.Io)
                continue;
            ulong state = frame.State;
            if ((entry & PageTableEntry.Writable) == 0)
            {
                if (FrameTable.IsLast(state))
                    return ~left;
                frame.PutPage(state);
            }
            else
            {
                if (FrameTable.IsLastOfType(state))
                    return ~left;
                frame.PutTyped(state);
            }
        }
        return left;
    }

    /// <summary>
    /// Takes what entries above level 1 name, to the end of a group, as long as those are tables already; returns where it ended, or the complement
    /// of the index of an entry for <see cref="UpperTables"/>.
    /// </summary>
    private static int GetUsualTables(Span<ulong> table, int index, FrameType type, ushort owner)
    {
        Table<Frame> frames = FrameTable.All;
        do
        {
            ulong entry = table[index];
            if ((entry & PageTableEntry.Present) != 0)
            {
                ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
                ulong state = frame.State;
                if (frame.Owner != owner || (entry & PageTableEntry.TableRefused) != 0 || !FrameTable.MayGetAnother(state, unchecked(type - 1)))
                    return ~index;
                frame.GetTyped(state);
                table[index] = PageTableEntry.StoredTable(entry, type);
            }
            index = unchecked(index + 1);
        }
        while (index % TableScan.GroupSize != 0);
        return index;
    }

    /// <summary>The same for giving back, downwards, as long as others name the same tables.</summary>
    private static int PutUsualTables(Span<ulong> table, int left)
    {
        Table<Frame> frames = FrameTable.All;
        do
        {
            ulong entry = table[unchecked(left - 1)];
            if ((entry & PageTableEntry.Present) != 0)
            {
                ref Frame frame = ref frames.AtOrFirst(PageTableEntry.FrameOf(entry).Value);
                ulong state = frame.State;
                if (FrameTable.IsLastOfType(state))
                    return ~left;
                frame.PutTyped(state);
            }
            left = unchecked(left - 1);
        }
        while (left % TableScan.GroupSize != 0);
        return left;
    }
}
