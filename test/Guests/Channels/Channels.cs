using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// A channel joins two ends; each names the other. One side that closes and opens again must not leave the other pointing at what is a stranger's
/// now.
/// Two ends within one domain: bound, raised, closed from either side, with the other unbound again.
/// </summary>
internal static class Channels
{
    internal static void Run()
    {
        long far = Events.AllocateUnbound(DomainIds.Self);
        Verdict.Expect(far > 0, "alloc_unbound"u8);
        Verdict.ExpectDone(Events.Send(far), "send to an unbound port"u8);
        long near = Events.BindInterdomain(DomainIds.Self, (uint)far);
        Verdict.Expect(near > 0 && near != far, "bind_interdomain"u8);
        Verdict.Expect(Events.IsPending(near), "the new end is not pending"u8);
        Verdict.ExpectError(Events.BindInterdomain(DomainIds.Self, (uint)far), Errno.Inval, "binding it twice"u8);
        Verdict.ExpectError(Events.BindInterdomain(DomainIds.Self, (uint)near), Errno.Inval, "binding the other end"u8);
        Verdict.ExpectDone(Events.Send(near), "send"u8);
        Verdict.Expect(Events.IsPending(far), "the far end is not pending"u8);
        Status(near, EventChannelState.Interdomain, (uint)far);
        Verdict.ExpectDone(Events.Close(near), "close"u8);
        Verdict.Expect(!Events.IsPending(near), "a closed port is pending"u8);
        Status(near, EventChannelState.Closed, 0);
        Status(far, EventChannelState.Unbound, 0);
        long other = Events.BindIpi();
        Verdict.ExpectResult(other, near, "the lowest free port"u8);
        Verdict.ExpectDone(Events.Send(far), "send to an end that is unbound again"u8);
        Verdict.Expect(!Events.IsPending(other), "the stranger on the old port was told"u8);
        Verdict.ExpectDone(Events.Close(other), "close of the stranger"u8);
        near = Events.BindInterdomain(DomainIds.Self, (uint)far);
        Verdict.Expect(near > 0, "binding it again"u8);
        Verdict.ExpectDone(Events.Close(far), "closing the far end"u8);
        Status(near, EventChannelState.Unbound, 0);
        Verdict.ExpectDone(Events.Close(near), "closing the rest"u8);
        Verdict.ExpectError(Events.BindInterdomain(99, 1), Errno.Srch, "a domain that there is not"u8);
        Verdict.ExpectError(Events.BindInterdomain(DomainIds.Idle, 1), Errno.Srch, "the idle domain"u8);
        Verdict.Expect(Events.AllocateUnbound(0, 99) < 0, "a port in another domain"u8);
    }

    private static void Status(long port, EventChannelState state, uint remote)
    {
        EventStatus status = default;
        status.Domain = DomainIds.Self;
        status.Port = (uint)port;
        Verdict.ExpectDone(Events.Call(EventChannelCommand.Status, Hypercalls.AddressOf(in status)), "status"u8);
        Verdict.ExpectResult((long)status.State, (long)state, "the state"u8);
        if (state == EventChannelState.Interdomain)
            Verdict.ExpectResult(status.InterdomainPort, remote, "the other end's port"u8);
    }
}
