using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// 131,072 ports can be open in the FIFO form. To close them all takes the hypervisor long: reset must be done in pieces, with others in between,
/// and yet be one call.
/// All are opened, the last one works, one more is refused; then reset, and the first port is free again.
/// </summary>
internal static class AllFifoPorts
{
    internal static void Run()
    {
        Verdict.ExpectDone(FifoEvents.Reset(), "reset of what went before"u8);
        Verdict.ExpectDone(FifoEvents.Begin(1), "the FIFO form"u8);
        long first = Events.BindIpi(), last = first;
        for (long port = first; port > 0; port = Events.BindIpi())
            last = port;
        Verdict.ExpectResult(last, EventFifo.Channels - 1, "the last port"u8);
        Verdict.ExpectError(Events.BindIpi(), Errno.NoSpc, "one port too many"u8);
        Verdict.ExpectDone(Events.Send(last), "send to a port without a word"u8);
        Verdict.ExpectDone(Events.Close(first), "close of the first"u8);
        Verdict.ExpectResult(Events.BindIpi(), first, "the lowest free port"u8);
        Verdict.ExpectDone(FifoEvents.Reset(), "reset of them all"u8);
        Verdict.ExpectError(Events.Send(last), Errno.Inval, "the last port after reset"u8);
        Verdict.ExpectResult(Events.BindIpi(), first, "the first port after reset"u8);
        Verdict.ExpectDone(Events.Close(first), "close"u8);
    }
}
