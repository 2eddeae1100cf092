using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// A guest may move its vcpu_info into a page of its own, once. The hypervisor then writes there at any time: the page must not become a table, the
/// place must lie inside of one page, and events must be told in the new place from then on.
/// </summary>
internal static unsafe class MovedInfo
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        Verdict.ExpectError(Register(Frames.Of(page), 4), Errno.NxIo, "an offset that is not aligned"u8);
        Verdict.ExpectError(Register(Frames.Of(page), 4096 - 56), Errno.NxIo, "an offset too far"u8);
        Verdict.ExpectError(Register(Frames.Of(page), 4096), Errno.NxIo, "an offset behind the page"u8);
        Verdict.ExpectError(Register(Frames.Of(page), uint.MaxValue - 7), Errno.NxIo, "the largest offset"u8);
        Verdict.ExpectError(Register(0xff_ffff_ffff, 0), Errno.Inval, "a frame that there is not"u8);
        Verdict.ExpectError(Register(0x200, 0), Errno.Inval, "a frame of the hypervisor"u8);
        Verdict.ExpectError(Register(Frames.Of(Guest.StartInfo.PageTableBase), 0), Errno.Inval, "a table"u8);
        Verdict.ExpectError(
            Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.RegisterVcpuInfo, 0, 0xffff_8300_0000_0000), Errno.Fault, "a bad record"u8);
        Verdict.ExpectDone(Register(Frames.Of(page), 4096 - 64), "a good place"u8);
        Guest.MoveVcpuInfo(page + 4096 - 64);
        ref VcpuInfo info = ref *(VcpuInfo*)(page + 4096 - 64);
        Verdict.Expect(info.EventUpcallPending == 1 && info.EventPendingSelector == ulong.MaxValue, "the guest is not told to look"u8);
        Verdict.Expect(info.EventUpcallMask == 1 && info.Time.TscToSystemMultiplier != 0, "the old record was not copied"u8);
        Verdict.ExpectError(Register(Frames.Of(page), 0), Errno.Inval, "a second time"u8);
        Frames.Protect(page);
        Verdict.ExpectError(Mmu.Pin(Frames.Of(page), 1), Errno.Inval, "the page as a table"u8);
        Frames.Unprotect(page);
        long port = Events.BindIpi();
        info.EventUpcallPending = 0;
        info.EventPendingSelector = 0;
        Verdict.ExpectDone(Events.Send(port), "send"u8);
        Verdict.Expect(info.EventPendingSelector == 1, "the event was not told in the new place"u8);
        Verdict.Expect(!Probe.Load(0x77_7000, out _) && info.Arch.Cr2 == 0x77_7000, "a fault's address is not in the new place"u8);
        Events.Close(port);
    }

    private static long Register(ulong frame, uint offset)
    {
        VcpuRegisterVcpuInfo place = default;
        place.Frame = frame;
        place.Offset = offset;
        return Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.RegisterVcpuInfo, 0, Hypercalls.AddressOf(in place));
    }
}
