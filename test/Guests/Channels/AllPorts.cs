using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// A guest may ask for ports until there are none. The tables behind them are the hypervisor's memory; the search for a free one is its time.
/// There must be an end, with an error that says so, everything must be given back by closing, and reset must close what is left.
/// </summary>
internal static class AllPorts
{
    internal static void Run()
    {
        long first = Events.BindIpi(), last = first, count = 1;
        for (; count < 5000; count++)
        {
            long port = Events.BindIpi();
            if (port < 0)
            {
                Verdict.ExpectError(port, Errno.NoSpc, "one port too many"u8);
                break;
            }

            last = port;
        }

        Verdict.Expect(first > 0 && last is > 1000 and < 4096, "the last port is an odd one"u8);
        Verdict.ExpectDone(Events.Send(last), "send through the last port"u8);
        Verdict.Expect(Events.IsPending(last), "it is not pending"u8);
        Verdict.ExpectDone(Events.Close(first), "close of the first"u8);
        Verdict.ExpectResult(Events.BindIpi(), first, "the lowest free port"u8);
        ushort self = DomainIds.Self;
        Verdict.ExpectDone(Events.Call(EventChannelCommand.Reset, Hypercalls.AddressOf(in self)), "reset"u8);
        Verdict.ExpectError(Events.Send(last), Errno.Inval, "send after reset"u8);
        Verdict.ExpectResult(Events.BindIpi(), first, "the first port after reset"u8);
        Verdict.ExpectDone(Events.Close(first), "close"u8);
    }
}
