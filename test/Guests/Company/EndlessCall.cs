using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A hypercall on a list is as long as the list, and a list can be long for little: one page of it, mapped a quarter of a million times over, is a
/// gigabyte. If the hypervisor does it in one piece, all others wait for minutes.
/// Two thousand million flushes in one call: it must be done in turns with the others.
/// </summary>
internal static class EndlessCall
{
    private const ulong Window = 0x6000_0000_0000;

    internal static void Run()
    {
        ulong list = Frames.Take(), level1 = Frames.Take(), level2 = Frames.Take(), level3 = Frames.Take();
        // An operation is three words; whichever of them a page begins with, it is a flush.
        Frames.Words(list).Fill((ulong)MmuExtendedCommand.TlbFlushLocal);
        Frames.Words(level1).Fill(Entries.Make(Frames.Of(list), Entries.ReadOnly));
        Frames.Words(level2).Fill(Entries.Make(Frames.Of(level1), Entries.Table));
        Frames.Words(level3).Fill(Entries.Make(Frames.Of(level2), Entries.Table));
        Frames.Protect(level1);
        Frames.Protect(level2);
        Frames.Protect(level3);
        ulong root = Frames.Of(Guest.StartInfo.PageTableBase);
        Verdict.ExpectDone(Mmu.Update(root, Entries.Index(Window, 4), Entries.Make(Frames.Of(level3), Entries.Table)), "the window"u8);
        long result = Hypercalls.Call(Hypercall.MmuExtendedOp, Window, 0x7fff_ffff, 0, DomainIds.Self);
        Verdict.ExpectDone(result, "two thousand million flushes"u8);
    }
}
