using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// In the FIFO form an event's port is appended to a list in the guest's own memory, by priority. Appended wrongly, a guest waits for ever or is told
/// of another's port.
/// Events in order, by priority, masked and unmasked, moved, closed while they are in a queue; then all is reset, and the old form works.
/// </summary>
internal static class FifoQueues
{
    internal static void Run()
    {
        Verdict.ExpectError(FifoEvents.SetPriority(4000, 0), Errno.Inval, "a priority for a closed port"u8);
        Verdict.ExpectDone(FifoEvents.Reset(), "reset of what went before"u8);
        Verdict.ExpectError(FifoEvents.ExpandArray(Frames.Of(Frames.Take())), Errno.OpNotSupp, "a page of words in the two-level form"u8);
        Verdict.ExpectDone(FifoEvents.Begin(1), "the FIFO form"u8);
        long a = Events.BindIpi(), b = Events.BindIpi(), c = Events.BindIpi();
        Order(a, b, c);
        Masks(a, b);
        Upcalls(a);
        Closing(a, b, c);
        Verdict.ExpectDone(FifoEvents.Reset(), "reset"u8);
        Verdict.ExpectError(Events.Send(b), Errno.Inval, "sending after the reset"u8);
        Forget();
        long port = Events.BindIpi();
        Verdict.ExpectDone(Events.Send(port), "send in the two-level form"u8);
        Verdict.Expect(Events.IsPending(port) && Guest.VcpuInfo.EventUpcallPending == 1, "the two-level form does not work after the reset"u8);
        Forget();
        Events.Acknowledge(port);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
    }

    private static void Forget()
    {
        Guest.VcpuInfo.EventUpcallPending = 0;
        Guest.VcpuInfo.EventPendingSelector = 0;
    }

    private static void Order(long a, long b, long c)
    {
        foreach (long port in (System.ReadOnlySpan<long>)[a, b, c])
            FifoEvents.Unmask(port);
        Guest.VcpuInfo.EventUpcallPending = 0;
        foreach (long port in (System.ReadOnlySpan<long>)[c, a, b, a])
            Verdict.ExpectDone(Events.Send(port), "send"u8);
        Verdict.Expect(Guest.VcpuInfo.EventUpcallPending == 1, "no upcall"u8);
        Expect(c, a, b, "the order of the events"u8);
        Verdict.ExpectDone(FifoEvents.SetPriority(b, 0), "set_priority"u8);
        Verdict.ExpectDone(FifoEvents.SetPriority(c, 15), "set_priority"u8);
        Verdict.ExpectError(FifoEvents.SetPriority(c, 16), Errno.Inval, "priority 16"u8);
        foreach (long port in (System.ReadOnlySpan<long>)[c, a, b])
            Verdict.ExpectDone(Events.Send(port), "send"u8);
        Expect(b, a, c, "the order of the priorities"u8);
    }

    private static void Expect(long first, long second, long third, System.ReadOnlySpan<byte> what)
    {
        Verdict.ExpectResult(FifoEvents.Take(), first, what);
        Verdict.ExpectResult(FifoEvents.Take(), second, what);
        Verdict.ExpectResult(FifoEvents.Take(), third, what);
        Verdict.ExpectResult(FifoEvents.Take(), 0, what);
    }

    private static void Masks(long a, long b)
    {
        FifoEvents.Mask(a);
        Guest.VcpuInfo.EventUpcallPending = 0;
        Verdict.ExpectDone(Events.Send(a), "send to a masked port"u8);
        Verdict.Expect(FifoEvents.IsPending(a) && !FifoEvents.IsLinked(a), "a masked port is linked, or not pending"u8);
        Verdict.Expect(Guest.VcpuInfo.EventUpcallPending == 0, "a masked port was told"u8);
        FifoEvents.Unmask(a);
        Verdict.Expect(FifoEvents.IsLinked(a) && Guest.VcpuInfo.EventUpcallPending == 1, "a port that was unmasked was not told"u8);
        Verdict.ExpectDone(Events.Send(b), "send"u8);
        FifoEvents.Mask(b);
        Verdict.ExpectResult(FifoEvents.Take(), a, "the port that was unmasked"u8);
        Verdict.ExpectResult(FifoEvents.Take(), 0, "a port that was masked in the queue"u8);
        FifoEvents.Unmask(b);
        Verdict.ExpectResult(FifoEvents.Take(), b, "the same, unmasked"u8);
    }

    private static void Upcalls(long a)
    {
        ulong count = Traps.EventCount;
        Guest.VcpuInfo.EventUpcallPending = 0;
        Events.Allow(true);
        Verdict.ExpectDone(Events.Send(a), "send"u8);
        Verdict.ExpectResult((long)(Traps.EventCount - count), 1, "upcalls"u8);
        Events.Allow(false);
        Verdict.ExpectResult(FifoEvents.Take(), a, "the port of the upcall"u8);
    }

    private static void Closing(long a, long b, long c)
    {
        Verdict.ExpectDone(Events.Send(a), "send"u8);
        Verdict.ExpectDone(Events.Send(b), "send"u8);
        Verdict.ExpectDone(Events.Close(a), "close of a port in a queue"u8);
        Verdict.Expect(!FifoEvents.IsPending(a) && FifoEvents.IsLinked(a), "it is still pending, or was unlinked"u8);
        long other = Events.BindIpi();
        Verdict.Expect(other > c, "a port that is still linked was given out"u8);
        Verdict.ExpectResult(FifoEvents.Take(), b, "the port behind the closed one"u8);
        Verdict.ExpectResult(FifoEvents.Take(), 0, "nothing else"u8);
        Verdict.ExpectResult(Events.BindIpi(), a, "the closed port, after it was taken out"u8);
    }
}
