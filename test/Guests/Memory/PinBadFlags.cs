using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Large pages (PSE in levels 2 and 3), cache attributes and the global bit in tables were once passed through by hypervisors that checked
/// only the frame. A L2 entry with PSE maps 2 MiB of whatever lies behind one checked frame, other domains included.
/// Each such bit must be refused in a present entry of level 2 to 4, when a table is pinned and when an entry is updated; an entry that is
/// not present may hold anything.
/// </summary>
internal static class PinBadFlags
{
    internal static void Run()
    {
        for (int level = 2; level <= 4; level++)
        {
            Try(level, Entries.LargePage, "PSE"u8);
            Try(level, Entries.CacheDisable, "PCD"u8);
            Try(level, Entries.WriteThrough, "PWT"u8);
            Try(level, Entries.Global, "G"u8);
        }
    }

    private static void Try(int level, ulong flag, ReadOnlySpan<byte> what)
    {
        ulong child = Frames.TakeProtected();
        ulong table = Frames.Take();
        ulong bad = Entries.Make(Frames.Of(child), Entries.Table | flag);
        Frames.Words(table)[300] = bad;
        Frames.Protect(table);
        Verdict.ExpectError(Mmu.Pin(Frames.Of(table), level), Errno.Inval, what);
        Frames.Unprotect(table);
        Frames.Words(table)[300] = bad & ~Entries.Present;
        Frames.Protect(table);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(table), level), "a pin with an entry that is not present"u8);
        Verdict.ExpectError(Mmu.Update(Frames.Of(table), 301, bad), Errno.Inval, what);
        Verdict.ExpectDone(Mmu.Update(Frames.Of(table), 301, bad & ~Entries.Present), "an update that is not present"u8);
        Verdict.ExpectDone(Mmu.Update(Frames.Of(table), 301, bad & ~flag), "an update without the flag"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(table)), "the unpin"u8);
        Verdict.ExpectDone(Frames.Unprotect(child), "the child writable again"u8);
    }
}
