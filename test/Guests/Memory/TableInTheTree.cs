using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// A table is held by every entry that names it, by its pin and by the roots that are loaded. If one holder's leaving ended the type, the others
/// would go on translating through what is now the guest's own page.
/// A table must stay one until the last has gone, whatever the order, and then be ordinary memory again.
/// </summary>
internal static unsafe class TableInTheTree
{
    private const ulong Window = 0x7f00_0000_0000;

    internal static void Run()
    {
        ulong page = Frames.Take(), level1 = Frames.Take(), level2 = Frames.TakeProtected(), level3 = Frames.TakeProtected();
        ulong root = Frames.Of(Guest.StartInfo.PageTableBase);
        *(ulong*)page = 0x7ab1e;
        Frames.Words(level1)[0] = Entries.Make(Frames.Of(page), Entries.ReadWrite);
        Frames.Protect(level1);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(level1), 1), "the pin of level 1"u8);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(level2), 2), "the pin of level 2"u8);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(level3), 3), "the pin of level 3"u8);
        Verdict.ExpectDone(Mmu.Update(Frames.Of(level2), 0, Entries.Make(Frames.Of(level1), Entries.Table)), "level 1 in level 2"u8);
        Verdict.ExpectDone(Mmu.Update(Frames.Of(level3), 0, Entries.Make(Frames.Of(level2), Entries.Table)), "level 2 in level 3"u8);
        Verdict.ExpectDone(
            Mmu.Update(root, Entries.Index(Window, 4), Entries.Make(Frames.Of(level3), Entries.Table)), "level 3 in the root"u8);
        Verdict.Expect(Probe.Load(Window, out ulong word) && word == 0x7ab1e, "the new mapping does not work"u8);

        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(level1)), "the unpin of level 1"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(level2)), "the unpin of level 2"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(level3)), "the unpin of level 3"u8);
        Verdict.ExpectError(Frames.Unprotect(level1), Errno.Inval, "level 1 writable while it is in use"u8);
        Verdict.ExpectError(Frames.Unprotect(level3), Errno.Inval, "level 3 writable while it is in use"u8);
        Verdict.ExpectDone(Mmu.Map(Window, 0), "unmapping through the new tables"u8);
        Verdict.Expect(!Probe.Load(Window, out _), "the mapping is still there"u8);
        Verdict.ExpectDone(Mmu.Update(root, Entries.Index(Window, 4), 0), "the root as it was"u8);
        Verdict.ExpectDone(Frames.Unprotect(level1), "level 1 writable"u8);
        Verdict.ExpectDone(Frames.Unprotect(level2), "level 2 writable"u8);
        Verdict.ExpectDone(Frames.Unprotect(level3), "level 3 writable"u8);
    }
}
