using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>One of the two ends: the port it waits for, the port that reaches the other, and the virtual CPU it is.</summary>
internal struct End
{

    private long own, other, result;
    private ulong upcallsBefore;
    private int number;
    private bool staysAwake;

    internal End(int number, long own, long other, bool staysAwake = false)
    {
        this.number = number;
        this.own = own;
        this.other = other;
        this.staysAwake = staysAwake;
    }

    /// <summary>Whether every call succeeded so far.</summary>
    internal readonly bool IsWell => result == 0 && own > 0 && other > 0;

    private readonly ref VcpuInfo Info => ref Guest.SharedInfo.VcpuInfo[number];

    /// <summary>Sends an event to the other end.</summary>
    internal void Send()
    {
        if (staysAwake && Info.EventUpcallMask != 0)
            Events.Allow(true);
        upcallsBefore = Traps.EventCount;
        result |= Events.Send(other);
    }

    /// <summary>Sleeps by block until the other end has sent, or stays awake until that has made an upcall.</summary>
    internal void Block()
    {
        if (staysAwake)
        {
            Spin();
            return;
        }

        Info.EventUpcallMask = 1;
        while (!Events.IsPending(own))
        {
            result |= Hypercalls.Block();
            Info.EventUpcallMask = 1;
        }

        Acknowledge();
    }

    /// <summary>Pins the virtual CPU that calls to a processor.</summary>
    internal void Pin(int processor)
    {
        SchedPinOverride pin = default;
        pin.Pcpu = processor;
        result |= Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.PinOverride, Hypercalls.AddressOf(in pin));
    }

    /// <summary>Masks the port, so that what is sent wakes who polls and makes nothing else.</summary>
    internal readonly void SetMask(bool masked) => Events.SetMask(own, masked);

    /// <summary>Sleeps by poll until the other end has sent, or stays awake until that is pending.</summary>
    internal void Poll()
    {
        while (staysAwake && !Events.IsPending(own))
            Assembly.Pause();
        while (!Events.IsPending(own))
            result |= Polls.For(own, 0);
        Acknowledge();
    }

    private void Spin()
    {
        while (!Events.IsPending(own) || Volatile.Read(ref Traps.EventCount) == upcallsBefore)
            Assembly.Pause();
        Acknowledge();
    }

    private readonly void Acknowledge()
    {
        Interlocked.Exchange(ref Info.EventPendingSelector, 0);
        Interlocked.And(ref Guest.SharedInfo.EventPending[(int)(own / 64)], ~(1ul << (int)(own % 64)));
    }
}

/// <summary>SCHEDOP_poll.</summary>
internal static class Polls
{
    /// <summary>Sleeps until a port is pending, or until a system time that is not zero: the hypercall's result.</summary>
    internal static long For(long port, ulong timeout)
    {
        uint only = (uint)port;
        SchedPoll poll = default;
        poll.Ports = Hypercalls.AddressOf(in only);
        poll.PortCount = 1;
        poll.Timeout = timeout;
        return Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll));
    }
}
