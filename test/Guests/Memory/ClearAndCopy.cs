using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// clear_page and copy_page let the hypervisor write where the guest says. They write a frame, so they are one more way to a writable table.
/// Ordinary frames must be cleared and copied whole; the flushes must do no harm whatever address they are given.
/// </summary>
internal static class ClearAndCopy
{
    internal static void Run()
    {
        ulong source = Frames.Take(), target = Frames.Take();
        for (int index = 0; index < 512; index++)
            Frames.Words(source)[index] = (ulong)index + 1;
        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.CopyPage, Frames.Of(target), Frames.Of(source)), "copy_page"u8);
        Verdict.Expect(Frames.Words(target)[0] == 1 && Frames.Words(target)[511] == 512, "the copy differs"u8);
        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.CopyPage, Frames.Of(target), Frames.Of(target)), "copy_page onto itself"u8);
        Verdict.Expect(Frames.Words(target)[511] == 512, "a page copied onto itself differs"u8);
        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.ClearPage, Frames.Of(target)), "clear_page"u8);
        Verdict.Expect(Frames.Words(target)[0] == 0 && Frames.Words(target)[511] == 0, "the page is not clear"u8);
        foreach (ulong address in (ReadOnlySpan<ulong>)[0, source, 0x8000_0000_0000, 0xffff_8300_0000_0000, ulong.MaxValue])
        {
            Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.InvalidatePageLocal, address), "invlpg_local"u8);
            Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.InvalidatePageAll, address), "invlpg_all"u8);
            Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.InvalidatePageMulti, address, source), "invlpg_multi"u8);
        }

        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.TlbFlushLocal), "tlb_flush_local"u8);
        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.TlbFlushAll), "tlb_flush_all"u8);
        Verdict.ExpectError(
            Mmu.Extended(MmuExtendedCommand.TlbFlushMulti, 0, 0xffff_8300_0000_0000), Errno.Inval, "tlb_flush_multi with a bad bitmap"u8);
        Verdict.ExpectResult(
            Mmu.Extended(MmuExtendedCommand.FlushCache), Guest.IsInitial ? 0 : -(long)Errno.Access, "flush_cache"u8);
        Verdict.ExpectError(Mmu.Extended((MmuExtendedCommand)14), Errno.NoSys, "mmuext_op 14"u8);
        Verdict.ExpectError(Mmu.Extended((MmuExtendedCommand)uint.MaxValue), Errno.NoSys, "mmuext_op 2^32 - 1"u8);
    }
}
