using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// A table that names itself or another of its own level shows the guest's tables as memory. Xen allowed such read-only 'linear' tables for
/// years, and lost count of them more than once (XSA-240, XSA-309). This ABI's guests need none.
/// A level 2, 3 or 4 table naming itself or a sibling must be refused, in a fresh table and in one in use, and nothing may be left counted.
/// </summary>
internal static class LinearTables
{
    internal static void Run()
    {
        for (int level = 2; level <= 4; level++)
            TryLevel(level);
        ulong root = Frames.Of(Guest.StartInfo.PageTableBase);
        Verdict.ExpectError(Mmu.Update(root, 5, Entries.Make(root, Entries.Table)), Errno.Inval, "the live root in itself"u8);
        Verdict.ExpectError(
            Mmu.Update(root, 5, Entries.Make(root, Entries.Table & ~Entries.Writable)), Errno.Inval, "the live root in itself read-only"u8);
    }

    private static void TryLevel(int level)
    {
        ulong page = Frames.Take(), sibling = Frames.TakeProtected();
        ulong frame = Frames.Of(page);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(sibling), level), "a sibling"u8);
        Frames.Words(page)[9] = Entries.Make(frame, Entries.Table);
        Frames.Protect(page);
        Verdict.ExpectError(Mmu.Pin(frame, level), Errno.Inval, "a table in itself"u8);
        Frames.Unprotect(page);
        Frames.Words(page)[9] = Entries.Make(Frames.Of(sibling), Entries.Table & ~Entries.Writable);
        Frames.Protect(page);
        Verdict.ExpectError(Mmu.Pin(frame, level), Errno.Inval, "a table in its sibling"u8);
        Frames.Unprotect(page);
        Frames.Words(page)[9] = 0;
        Frames.Protect(page);
        Verdict.ExpectDone(Mmu.Pin(frame, level), "an empty table"u8);
        Verdict.ExpectError(Mmu.Update(frame, 9, Entries.Make(frame, Entries.Table)), Errno.Inval, "itself by an update"u8);
        Verdict.ExpectError(Mmu.Update(frame, 9, Entries.Make(Frames.Of(sibling), Entries.Table)), Errno.Inval, "its sibling by an update"u8);
        Verdict.ExpectDone(Mmu.Unpin(frame), "the unpin"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(sibling)), "the sibling's unpin"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "the table writable again"u8);
        Verdict.ExpectDone(Frames.Unprotect(sibling), "the sibling writable again"u8);
    }
}
