using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A channel to another domain lives as long as both do. When one dies, the other must find its own end unbound, not bound to nobody or, worse, to
/// whoever gets the number next.
/// This one makes an end for domain 2, in the FIFO form, answers a hundred events, and then sees the other go.
/// </summary>
internal static class PeerListens
{
    /// <summary>Events each way; the first one that comes may be the binding's.</summary>
    internal const int Events = 100;

    private const ushort Peer = 2;

    internal static void Run()
    {
        Verdict.ExpectDone(FifoEvents.Begin(1), "the FIFO form"u8);
        long port = GuestKit.Events.AllocateUnbound(Peer);
        Verdict.Expect(port > 0, "alloc_unbound"u8);
        FifoEvents.Unmask(port);
        for (int count = 0; count < Events; count++)
        {
            Verdict.Expect(Wait(port, 20_000_000_000) && FifoEvents.Take() == port, "no event came"u8);
            Verdict.ExpectDone(GuestKit.Events.Send(port), "send"u8);
        }

        EventStatus status = Status(port);
        for (ulong end = Clock.Now + 20_000_000_000; status.State == EventChannelState.Interdomain && Clock.Now < end; status = Status(port))
            Wait(port, 5_000_000);
        Verdict.Expect(status.State == EventChannelState.Unbound && status.UnboundDomain == Peer, "the end is not unbound after the other's death"u8);
        Verdict.ExpectDone(GuestKit.Events.Send(port), "send to nobody"u8);
        Verdict.ExpectDone(GuestKit.Events.Close(port), "close"u8);
        Verdict.ExpectDone(FifoEvents.Reset(), "reset"u8);
    }

    /// <summary>Sleeps until a port is pending, so many nanoseconds at most; false where it was the time that ended the sleep.</summary>
    internal static bool Wait(long port, ulong nanoseconds)
    {
        uint one = (uint)port;
        SchedPoll poll = default;
        poll.Ports = Hypercalls.AddressOf(in one);
        poll.PortCount = 1;
        poll.Timeout = Clock.Now + nanoseconds;
        Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll));
        return Clock.Now < poll.Timeout;
    }

    private static EventStatus Status(long port)
    {
        EventStatus status = default;
        status.Domain = DomainIds.Self;
        status.Port = (uint)port;
        Verdict.ExpectDone(GuestKit.Events.Call(EventChannelCommand.Status, Hypercalls.AddressOf(in status)), "status"u8);
        return status;
    }
}
