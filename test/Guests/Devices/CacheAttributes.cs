using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Devices;

/// <summary>
/// Two views of one frame, one through the caches and one past them, need not show the same: a page that was written past them and is then checked as
/// a table through them is not the table that the processor walks. A device's frame is mapped as the initial domain asks, but never cached, and the
/// firmware's memory in all eight ways; a frame of RAM in one way by all its mappings, which the only one of them chooses; and as long as that is
/// not the usual way it is no table.
/// </summary>
internal static class CacheAttributes
{
    private const ulong Screen = 0xb8, LowRam = 1, CacheMask = 0x98, Combining = 0x80, Uncached = 0x10;

    internal static void Run()
    {
        ulong window = Frames.Take(), page = Frames.Take(), frame = Frames.Of(page);
        for (uint index = 0; index < 8; index++)
        {
            ulong attribute = ((index & 3) << 3) | ((index & 4) << 5);
            Verdict.ExpectDone(Mmu.Map(window, Entries.Make(Screen, Entries.ReadWrite) | attribute), "mapping the screen"u8);
            ulong expected = index is 0 or 1 or 5 ? Uncached | 8 : attribute;
            Verdict.Expect((Entries.Read(window, 1) & CacheMask) == expected, "the screen is not cached as was asked"u8);
            Verdict.ExpectDone(Mmu.Map(window, Entries.Make(LowRam, Entries.ReadOnly) | attribute), "mapping the firmware's RAM"u8);
            Verdict.Expect((Entries.Read(window, 1) & CacheMask) == attribute, "the firmware's RAM is not cached as was asked"u8);
        }

        Verdict.ExpectDone(Mmu.Map(page, Entries.Make(frame, Entries.ReadWrite) | Combining), "the only mapping"u8);
        Expect(page, Combining);
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(frame, Entries.ReadWrite)), "a second mapping"u8);
        Expect(window, Combining);
        Frames.Words(page)[0] = 0x1234;
        Verdict.ExpectResult((long)Frames.Words(window)[0], 0x1234, "what was written by the other"u8);
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(frame, Entries.ReadOnly) | Uncached), "a mapping that asks for another way"u8);
        Expect(window, Combining);
        Frames.Words(page).Clear();
        Verdict.ExpectDone(Mmu.Map(page, Entries.Make(frame, Entries.ReadOnly) | Combining), "both read-only"u8);
        Verdict.ExpectError(Mmu.Pin(frame, 1), Errno.Inval, "a table that is not cached"u8);
        Verdict.ExpectDone(Mmu.Map(window, 0), "unmapping the second"u8);
        Verdict.ExpectDone(Mmu.Map(page, Entries.Make(frame, Entries.ReadOnly)), "the usual way again"u8);
        Expect(page, 0);
        Verdict.ExpectDone(Mmu.Pin(frame, 1), "a table"u8);
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(frame, Entries.ReadOnly) | Uncached), "a mapping of the table"u8);
        Expect(window, 0);
        Verdict.ExpectDone(Mmu.Map(window, 0), "unmapping it"u8);
        Verdict.ExpectDone(Mmu.Unpin(frame), "no table any more"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "the page as it was"u8);
        Verdict.ExpectDone(Frames.Unprotect(window), "the window's own frame again"u8);
    }

    private static void Expect(ulong address, ulong attribute)
        => Verdict.Expect((Entries.Read(address, 1) & CacheMask) == attribute, "RAM is cached otherwise than by its other mapping"u8);
}
