using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// An L1 table may map any page of its guest, so why not itself? Writable, that is the whole machine in one entry. A validation that takes
/// the table's own type only after its entries have been looked at finds a frame without a type and lets it pass.
/// The writable self-mapping must be refused, both in a fresh table and added to one in use; the read-only one is harmless and allowed.
/// </summary>
internal static class SelfMapping
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        ulong frame = Frames.Of(page);
        Frames.Words(page)[7] = Entries.Make(frame, Entries.ReadWrite);
        Frames.Protect(page);
        Verdict.ExpectError(Mmu.Pin(frame, 1), Errno.Inval, "a table that maps itself writable"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "it writable again"u8);

        Frames.Words(page)[7] = Entries.Make(frame, Entries.ReadOnly);
        Frames.Protect(page);
        Verdict.ExpectDone(Mmu.Pin(frame, 1), "a table that maps itself read-only"u8);
        Verdict.ExpectError(Mmu.Update(frame, 7, Entries.Make(frame, Entries.ReadWrite)), Errno.Inval, "making that mapping writable"u8);
        Verdict.ExpectError(Mmu.Update(frame, 8, Entries.Make(frame, Entries.ReadWrite)), Errno.Inval, "adding a writable one"u8);
        Verdict.ExpectDone(Mmu.Unpin(frame), "the unpin"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "it writable in the end"u8);

        ulong own = Entries.TableFrame(page, 1);
        Verdict.ExpectError(Mmu.Map(page, Entries.Make(own, Entries.ReadWrite)), Errno.Inval, "the live L1 table writable"u8);
        Verdict.ExpectDone(Mmu.Map(page, Entries.Make(own, Entries.ReadOnly)), "the live L1 table read-only"u8);
        Verdict.ExpectDone(Mmu.Map(page, Entries.Make(Frames.Of(page), Entries.ReadWrite)), "the page itself again"u8);
    }
}
