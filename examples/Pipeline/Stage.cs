using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Examples.Pipeline;

/// <summary>
/// A queue of numbers between two threads, with an event channel each way: one says that there is something, one that there is room. Both ends of
/// both channels are this domain's.
/// </summary>
internal unsafe struct Stage
{
    private const uint Capacity = 64;

    private ulong page;
    private uint head, tail;
    private long saysFilled, hearsFilled, saysEmptied, hearsEmptied;

    internal void Open()
    {
        page = Frames.Take();
        Connect(out saysFilled, out hearsFilled);
        Connect(out saysEmptied, out hearsEmptied);
    }

    internal void Put(ulong number)
    {
        while (head - tail == Capacity)
            Threads.WaitFor(hearsEmptied);
        ((ulong*)page)[head++ % Capacity] = number;
        if (head - tail == 1)
            Events.Send(saysFilled);
    }

    internal ulong Take()
    {
        while (head == tail)
            Threads.WaitFor(hearsFilled);
        ulong number = ((ulong*)page)[tail++ % Capacity];
        if (head - tail == Capacity - 1)
            Events.Send(saysEmptied);
        return number;
    }

    private static void Connect(out long near, out long far)
    {
        far = Events.AllocateUnbound(DomainIds.Self);
        near = Events.BindInterdomain(DomainIds.Self, (uint)far);
        if (far < 0 || near < 0)
            Failure.Stop("a channel to itself"u8, (ulong)near);
        Events.Acknowledge(near);
        Events.Acknowledge(far);
    }
}
