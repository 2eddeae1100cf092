using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// A pin is one reference and one flag. A hypervisor that counts a pin again but remembers it once lets a guest lift the count for ever;
/// one that takes two unpins for it lets the count fall below what the tables hold, and the frame becomes writable while it is a table.
/// A second pin must be refused at every level, one unpin must undo the first, and a second unpin must find nothing.
/// </summary>
internal static class PinTwice
{
    internal static void Run()
    {
        for (int level = 1; level <= 4; level++)
            TryLevel(level);
        Verdict.ExpectError(Mmu.Unpin(Frames.Of(Frames.Take())), Errno.Inval, "unpin of a frame that never was pinned"u8);
        Verdict.ExpectError(Mmu.Unpin(0xff_ffff_ffff), Errno.Inval, "unpin of a frame that there is not"u8);
    }

    private static void TryLevel(int level)
    {
        ulong page = Frames.TakeProtected();
        ulong frame = Frames.Of(page);
        Verdict.ExpectDone(Mmu.Pin(frame, level), "the first pin"u8);
        for (int other = 1; other <= 4; other++)
            Verdict.ExpectError(Mmu.Pin(frame, other), Errno.Inval, "a second pin"u8);
        Verdict.ExpectError(Frames.Unprotect(page), Errno.Inval, "mapping a pinned table writable"u8);
        Verdict.ExpectDone(Mmu.Unpin(frame), "the unpin"u8);
        Verdict.ExpectError(Mmu.Unpin(frame), Errno.Inval, "a second unpin"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "mapping it writable again"u8);
    }
}
