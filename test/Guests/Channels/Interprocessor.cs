using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// An IPI port raises itself. It is the smallest whole way of an event: port, word, upcall; lost anywhere, a guest hangs.
/// Sent once, the three bits must be set and the upcall must come, once; masked, only the port's; unmasked, it must come then.
/// </summary>
internal static class Interprocessor
{
    internal static void Run()
    {
        long port = Events.BindIpi();
        Verdict.Expect(port > 0, "bind_ipi"u8);
        Verdict.ExpectError(Events.BindIpi(1), Errno.NoEnt, "for a virtual CPU that there is not"u8);
        ref VcpuInfo info = ref Guest.VcpuInfo;
        Clear(port);
        ulong count = Traps.EventCount;
        Verdict.ExpectDone(Events.Send(port), "send"u8);
        Verdict.Expect(Events.IsPending(port) && info.EventPendingSelector == 1 && info.EventUpcallPending == 1, "the bits are not set"u8);
        Verdict.Expect(Traps.EventCount == count, "an upcall came though events are masked"u8);
        Events.Allow(true);
        Verdict.ExpectResult((long)(Traps.EventCount - count), 1, "the number of upcalls"u8);
        Verdict.Expect(info.EventUpcallMask == 0, "the handler's return did not restore the mask"u8);
        Verdict.ExpectDone(Events.Send(port), "send while it is pending"u8);
        Verdict.ExpectResult((long)(Traps.EventCount - count), 1, "the number of upcalls for a pending port"u8);
        Events.Allow(false);

        Clear(port);
        Events.SetMask(port, true);
        Verdict.ExpectDone(Events.Send(port), "send to a masked port"u8);
        Verdict.Expect(Events.IsPending(port) && info.EventUpcallPending == 0, "a masked port was told"u8);
        Verdict.ExpectDone(Events.Unmask(port), "unmask"u8);
        Verdict.Expect(info.EventUpcallPending == 1 && info.EventPendingSelector == 1, "a port that was unmasked was not told"u8);
        Clear(port);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
        Verdict.ExpectError(Events.Send(port), Errno.Inval, "send to a closed port"u8);
    }

    private static void Clear(long port)
    {
        Guest.VcpuInfo.EventUpcallPending = 0;
        Events.Acknowledge(port);
    }
}
