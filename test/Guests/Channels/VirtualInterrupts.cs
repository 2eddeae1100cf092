using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// A virtual IRQ is bound once, for one virtual CPU. Bound twice, two ports believe that they own it; a number beyond the last, or a virtual CPU that
/// there is not, is an index again.
/// </summary>
internal static class VirtualInterrupts
{
    internal static void Run()
    {
        long port = Events.BindVirq(Virq.Debug);
        Verdict.Expect(port > 0, "bind_virq"u8);
        Verdict.ExpectError(Events.BindVirq(Virq.Debug), Errno.Exist, "bind_virq twice"u8);
        Verdict.ExpectError(Events.BindVirq((Virq)24), Errno.Inval, "virtual IRQ 24"u8);
        Verdict.ExpectError(Events.BindVirq((Virq)uint.MaxValue), Errno.Inval, "virtual IRQ 2^32 - 1"u8);
        Verdict.ExpectError(Events.BindVirq(Virq.Timer, 1), Errno.NoEnt, "for a virtual CPU that there is not"u8);
        Verdict.ExpectError(Events.BindVirq(Virq.Timer, uint.MaxValue), Errno.NoEnt, "for virtual CPU 2^32 - 1"u8);
        Verdict.ExpectError(Events.BindVirq(Virq.Console, 1), Errno.Inval, "one of the domain's for another than virtual CPU 0"u8);
        EventStatus status = default;
        status.Domain = DomainIds.Self;
        status.Port = (uint)port;
        Verdict.ExpectDone(Events.Call(EventChannelCommand.Status, Hypercalls.AddressOf(in status)), "status"u8);
        Verdict.Expect(status.State == EventChannelState.Virq && status.Virq == Virq.Debug, "status tells something else"u8);
        Verdict.ExpectError(Events.Send(port), Errno.Inval, "sending to a virtual IRQ"u8);
        EventBindVcpu bind = default;
        bind.Port = (uint)port;
        Verdict.ExpectError(Events.Call(EventChannelCommand.BindVcpu, Hypercalls.AddressOf(in bind)), Errno.Inval, "moving one of a virtual CPU"u8);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
        Verdict.ExpectError(Events.Close(port), Errno.Inval, "close twice"u8);
        Verdict.ExpectResult(Events.BindVirq(Virq.Debug), port, "binding it anew, to the lowest free port"u8);
        Verdict.ExpectDone(Events.Close(port), "close again"u8);
    }
}
