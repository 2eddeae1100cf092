using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// The FIFO form takes frames of the guest's that the hypervisor then writes at any time. A table among them, or a place across two pages, and
/// the hypervisor writes page-table entries for a guest.
/// And words full of nonsense: links to nowhere, ports in two queues. The hypervisor must not follow them.
/// </summary>
internal static class FifoFrames
{
    internal static void Run()
    {
        Verdict.ExpectDone(FifoEvents.Reset(), "reset of what went before"u8);
        ulong page = Frames.Take(), table = Frames.Of(Guest.StartInfo.PageTableBase);
        Verdict.ExpectError(FifoEvents.InitControl(Frames.Of(page), 0, 32), Errno.NoEnt, "for a virtual CPU that there is not"u8);
        Verdict.ExpectError(FifoEvents.InitControl(Frames.Of(page), 4, 0), Errno.Inval, "an offset that is not aligned"u8);
        Verdict.ExpectError(FifoEvents.InitControl(Frames.Of(page), 4096 - 64, 0), Errno.Inval, "an offset too far"u8);
        Verdict.ExpectError(FifoEvents.InitControl(Frames.Of(page), uint.MaxValue - 7, 0), Errno.Inval, "the largest offset"u8);
        Verdict.ExpectError(FifoEvents.InitControl(table, 0, 0), Errno.Inval, "a table"u8);
        Verdict.ExpectError(FifoEvents.InitControl(0x200, 0, 0), Errno.Inval, "a frame of the hypervisor"u8);
        Verdict.ExpectError(FifoEvents.InitControl(ulong.MaxValue, 0, 0), Errno.Inval, "a frame that there is not"u8);
        Verdict.ExpectDone(FifoEvents.Begin(1), "the FIFO form"u8);
        Verdict.ExpectError(FifoEvents.InitControl(Frames.Of(page), 0, 0), Errno.Inval, "a second control block"u8);
        Verdict.ExpectError(FifoEvents.ExpandArray(table), Errno.Inval, "a table for words"u8);
        Verdict.ExpectError(FifoEvents.ExpandArray(0xff_ffff_ffff), Errno.Inval, "no frame for words"u8);
        for (int count = 1; count < 128; count++)
            Verdict.ExpectDone(FifoEvents.ExpandArray(Frames.Of(page)), "more words, the same page again"u8);
        Verdict.ExpectError(FifoEvents.ExpandArray(Frames.Of(page)), Errno.NoSpc, "the 129th page"u8);
        Frames.Protect(page);
        Verdict.ExpectError(Mmu.Pin(Frames.Of(page), 1), Errno.Inval, "a page of words as a table"u8);
        Frames.Unprotect(page);
        Nonsense();
        Verdict.ExpectDone(FifoEvents.Reset(), "reset"u8);
        Frames.Protect(page);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(page), 1), "the same as a table after the reset"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(page)), "unpin"u8);
        Frames.Unprotect(page);
        Guest.VcpuInfo.EventUpcallPending = 0;
    }

    private static void Nonsense()
    {
        long a = Events.BindIpi(), b = Events.BindIpi();
        ulong seed = Clock.Now | 1;
        for (int turn = 0; turn < 20_000; turn++)
        {
            seed = unchecked((seed * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407);
            FifoEvents.Word(turn % 2 == 0 ? a : b) = (uint)(seed >> 32);
            Verdict.ExpectDone(Events.Send(turn % 3 == 0 ? a : b), "send to a port whose word is nonsense"u8);
            if (turn % 5 == 0)
                Verdict.ExpectDone(Events.Unmask(a), "unmask of it"u8);
        }
    }
}
