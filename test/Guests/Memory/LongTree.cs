using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// A tree of tables may be as large as its guest, so it is validated in parts while others run. What is half-way could be taken for whole, what was
/// refused at the very end could stay a table for ever, or what it had counted could stay counted.
/// The pin of 800 tables must do what the pin of one does; refused for its last entry it must leave nothing behind, and nothing when it is unpinned.
/// </summary>
internal static class LongTree
{
    private const int InLower = 512, InUpper = 288, Last = 511;

    internal static void Run()
    {
        ulong lower = Frames.Take(), upper = Frames.Take(), top = Frames.Take();
        ulong some = Fill(lower, InLower), other = Fill(upper, InUpper);
        Frames.Words(upper)[Last] = Entries.Make(Frames.Of(top), Entries.Table);
        Frames.Words(top)[0] = Entries.Make(Frames.Of(lower), Entries.Table);
        Frames.Words(top)[Last] = Entries.Make(Frames.Of(upper), Entries.Table);
        Verdict.ExpectDone(Frames.Protect(lower) | Frames.Protect(upper) | Frames.Protect(top), "read-only tables"u8);

        Verdict.ExpectError(Mmu.Pin(Frames.Of(top), 3), Errno.Inval, "the pin of a tree whose last entry names its own top"u8);
        ExpectFree(some);
        ExpectFree(other);
        ExpectFree(Frames.Of(lower));
        Verdict.ExpectDone(Mmu.Update(Frames.Of(upper), Last, 0), "the last entry cleared"u8);

        Verdict.ExpectDone(Mmu.Pin(Frames.Of(top), 3), "the pin of the tree"u8);
        Verdict.ExpectError(Mmu.Pin(some, 2), Errno.Inval, "another level for a table of the tree"u8);
        Verdict.ExpectError(Mmu.Pin(other, 2), Errno.Inval, "another level for a late table of the tree"u8);
        Verdict.ExpectError(Frames.Unprotect(upper), Errno.Inval, "a table of the tree writable"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(top)), "the unpin of the tree"u8);
        Verdict.ExpectDone(Frames.Unprotect(lower) | Frames.Unprotect(upper) | Frames.Unprotect(top), "writable pages again"u8);
        ExpectFree(some);
        ExpectFree(other);
    }

    /// <summary>Names so many empty frames as tables, and tells the last of them.</summary>
    private static ulong Fill(ulong table, int count)
    {
        ulong frame = 0;
        for (int index = 0; index < count; index++)
        {
            frame = Frames.TakeUnmapped();
            Frames.Words(table)[index] = Entries.Make(frame, Entries.Table);
        }

        return frame;
    }

    /// <summary>A frame that is no table can be written.</summary>
    private static void ExpectFree(ulong frame)
        => Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.CopyPage, frame, frame), "a store by copy_page"u8);
}
