using System.Threading;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>
/// The FIFO form of events, for virtual CPU 0: an event word for each port, and sixteen queues by priority from which ports are taken in the order of
/// their events. <see cref="Events"/> still makes, closes and sends; its pending bits and masks are the other form's.
/// </summary>
public static unsafe class FifoEvents
{
    private const uint Pending = 1u << EventFifo.Pending, Masked = 1u << EventFifo.Masked, Linked = 1u << EventFifo.Linked,
        Busy = 1u << EventFifo.Busy;

    private static EventFifoControlBlock* control;
    private static ulong firstWords;
    private static uint ready;
    private static EventFifoHeads heads;

    /// <summary>Chooses the form, with so many pages of event words, all masked: zero, or the first error.</summary>
    public static long Begin(uint pages)
    {
        ulong page = Frames.Take();
        control = (EventFifoControlBlock*)page;
        firstWords = page + Frames.PageBytes;
        ready = 0;
        heads = default;
        long result = InitControl(Frames.Of(page), 0, 0);
        for (uint index = 0; index < pages && result == 0; index++)
        {
            ulong words = Frames.Take();
            for (uint word = 0; word < Frames.PageBytes / sizeof(uint); word++)
                ((uint*)words)[word] = Masked;
            result = ExpandArray(Frames.Of(words));
        }

        return result;
    }

    /// <summary>init_control.</summary>
    public static long InitControl(ulong frame, uint offset, uint vcpu)
    {
        EventInitControl argument = default;
        argument.ControlFrame = frame;
        argument.Offset = offset;
        argument.Vcpu = vcpu;
        return Events.Call(EventChannelCommand.InitControl, Hypercalls.AddressOf(in argument));
    }

    /// <summary>expand_array.</summary>
    public static long ExpandArray(ulong frame)
    {
        EventExpandArray argument = default;
        argument.ArrayFrame = frame;
        return Events.Call(EventChannelCommand.ExpandArray, Hypercalls.AddressOf(in argument));
    }

    /// <summary>set_priority: 0 is served first, 15 last.</summary>
    public static long SetPriority(long port, uint priority)
    {
        EventSetPriority argument = default;
        argument.Port = (uint)port;
        argument.Priority = priority;
        return Events.Call(EventChannelCommand.SetPriority, Hypercalls.AddressOf(in argument));
    }

    /// <summary>Closes all ports and goes back to the two-level form.</summary>
    public static long Reset()
    {
        ushort self = DomainIds.Self;
        return Events.Call(EventChannelCommand.Reset, Hypercalls.AddressOf(in self));
    }

    /// <summary>The event word of a port.</summary>
    public static ref uint Word(long port) => ref ((uint*)firstWords)[port];

    /// <summary>Whether a port is pending.</summary>
    public static bool IsPending(long port) => (Volatile.Read(in Word(port)) & Pending) != 0;

    /// <summary>Whether a port is in a queue.</summary>
    public static bool IsLinked(long port) => (Volatile.Read(in Word(port)) & Linked) != 0;

    /// <summary>Masks a port.</summary>
    public static void Mask(long port) => Interlocked.Or(ref Word(port), Masked);

    /// <summary>Unmasks a port; one that is pending the hypervisor must link.</summary>
    public static void Unmask(long port)
    {
        ref uint word = ref Word(port);
        while (true)
        {
            uint seen = Volatile.Read(in word) & ~Busy;
            if ((seen & Pending) != 0)
            {
                Events.Unmask(port);
                return;
            }

            if (Interlocked.CompareExchange(ref word, seen & ~Masked, seen) == seen)
                return;
        }
    }

    /// <summary>
    /// The next port with an event, which is then no longer pending, or 0. To be called until it is 0, the upcall byte cleared before.
    /// </summary>
    public static uint Take()
    {
        ready |= Interlocked.Exchange(ref control->Ready, 0);
        while (ready != 0)
        {
            uint port = TakeFrom(FirstBit(ready));
            if ((Volatile.Read(in Word(port)) & (Pending | Masked)) == Pending)
            {
                Interlocked.And(ref Word(port), ~Pending);
                return port;
            }

            ready |= Interlocked.Exchange(ref control->Ready, 0);
        }

        return 0;
    }

    private static uint TakeFrom(int priority)
    {
        uint port = heads[priority];
        if (port == 0)
            port = Volatile.Read(in control->Head[priority]);
        uint next = Unlink(ref Word(port));
        if (next == 0)
            ready &= ~(1u << priority);
        heads[priority] = next;
        return port;
    }

    private static uint Unlink(ref uint word)
    {
        while (true)
        {
            uint seen = Volatile.Read(in word);
            if (Interlocked.CompareExchange(ref word, seen & ~(Linked | EventFifo.LinkMask), seen) == seen)
                return seen & EventFifo.LinkMask;
        }
    }

    private static int FirstBit(uint bits)
    {
        int index = 0;
        while ((bits >> index & 1) == 0)
            index++;
        return index;
    }
}
