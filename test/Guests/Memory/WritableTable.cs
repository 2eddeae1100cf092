using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The heart of direct page tables: a frame is never a table and writable by its guest at once. If a pin looked only at the entries and not
/// at who maps the frame, the guest would keep its writable mapping and write any entry it likes after the check.
/// A pin at each level must be refused while a writable mapping exists, and a writable mapping while the pin does, by every way to make one.
/// </summary>
internal static class WritableTable
{
    internal static void Run()
    {
        for (int level = 1; level <= 4; level++)
        {
            ulong page = Frames.Take();
            ulong frame = Frames.Of(page);
            Verdict.ExpectError(Mmu.Pin(frame, level), Errno.Inval, "a pin of a writable page"u8);
            Frames.Protect(page);
            Verdict.ExpectDone(Mmu.Pin(frame, level), "a pin of a read-only page"u8);
            TryWays(frame);
            Verdict.ExpectDone(Mmu.Unpin(frame), "the unpin"u8);
        }
    }

    private static void TryWays(ulong frame)
    {
        ulong other = Frames.Take();
        ulong entry = Entries.Make(frame, Entries.ReadWrite);
        Verdict.ExpectError(Mmu.Map(other, entry), Errno.Inval, "update_va_mapping to a table"u8);
        Verdict.ExpectError(Mmu.Update(Entries.MachineAddress(other, 1), entry), Errno.Inval, "mmu_update to a table"u8);
        Verdict.ExpectDone(Mmu.Map(other, Entries.Make(frame, Entries.ReadOnly)), "mapping it read-only"u8);
        Verdict.ExpectError(Mmu.Update(Entries.MachineAddress(other, 1), entry), Errno.Inval, "adding RW to a read-only mapping"u8);
        ulong level1 = Frames.Take();
        Frames.Words(level1)[0] = entry;
        Frames.Protect(level1);
        Verdict.ExpectError(Mmu.Pin(Frames.Of(level1), 1), Errno.Inval, "a table that maps a table writable"u8);
        Verdict.ExpectError(Mmu.Extended(MmuExtendedCommand.ClearPage, frame), Errno.Inval, "clear_page of a table"u8);
        Verdict.ExpectError(
            Mmu.Extended(MmuExtendedCommand.CopyPage, frame, Frames.Of(other)), Errno.Inval, "copy_page onto a table"u8);
        Verdict.Expect(!Probe.Store(other, entry), "the table could be written through its read-only mapping"u8);
    }
}
