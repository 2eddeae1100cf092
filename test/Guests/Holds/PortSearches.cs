using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// A search for a free port that is long: nearly all are open, and in each page of 256 one is closed and in a queue still, so no page can be passed
/// over and no port be given. Whoever binds asks for a walk over all 131,072; in a batch for 64 of them. Every one must answer that there is no port,
/// and nobody may wait for it; once one leaves its queue, the next bind must find it.
/// </summary>
internal static class PortSearches
{
    private const uint PortsPerPage = 256, Queues = 128;

    internal static void Run()
    {
        Verdict.ExpectDone(FifoEvents.Begin(Queues), "the FIFO form"u8);
        long first = Events.BindIpi(), last = first;
        for (long port = first; port > 0; port = Events.BindIpi())
            last = port;
        Verdict.ExpectResult(last, 131_071, "the last port"u8);
        for (long port = PortsPerPage; port <= last; port += PortsPerPage)
            CloseQueued(port);
        Verdict.ExpectError(Events.BindIpi(), Errno.NoSpc, "a port, though all are open or queued"u8);
        BindMany();
        const uint taken = 17 * PortsPerPage;
        FifoEvents.Word(taken) = 0;
        Verdict.ExpectResult(Events.BindIpi(), taken, "the port that has left its queue"u8);
        Verdict.ExpectDone(FifoEvents.Reset(), "the reset"u8);
    }

    private static void CloseQueued(long port)
    {
        FifoEvents.Unmask(port);
        Events.Send(port);
        Events.Close(port);
    }

    private static void BindMany()
    {
        EventBindIpi bind = default;
        for (int index = 0; index < Batch.Capacity; index++)
            Batch.Add(Hypercall.EventChannelOp, (ulong)EventChannelCommand.BindIpi, Hypercalls.AddressOf(in bind));
        Verdict.ExpectDone(Batch.Perform(), "the batch"u8);
        for (int index = 0; index < Batch.Capacity; index++)
            Verdict.ExpectError(Batch.ResultOf(index), Errno.NoSpc, "a bind of the batch"u8);
    }
}
