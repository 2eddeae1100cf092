using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Scheduling;

/// <summary>
/// Poll sleeps for some ports, masked or not, with a limit in time. The list of ports is the guest's; its length is a number to multiply; the limit
/// may have passed, or never come.
/// </summary>
internal static unsafe class Polls
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        long port = Events.BindVirq(Virq.Timer), other = Events.BindIpi();
        Events.SetMask(port, true);
        *(uint*)page = (uint)port;
        *(uint*)(page + 4) = (uint)other;
        Verdict.ExpectError(Poll(page, 129, 0), Errno.Inval, "129 ports"u8);
        Verdict.ExpectError(Poll(page, uint.MaxValue, 0), Errno.Inval, "2^32 - 1 ports"u8);
        Verdict.ExpectError(Poll(0xffff_8300_0000_0000, 1, 0), Errno.Fault, "ports in the hypervisor"u8);
        *(uint*)(page + 8) = 4000;
        Verdict.ExpectError(Poll(page + 8, 1, 0), Errno.Inval, "a port that is closed"u8);
        *(uint*)(page + 8) = uint.MaxValue;
        Verdict.ExpectError(Poll(page + 8, 1, 0), Errno.Inval, "port 2^32 - 1"u8);
        Verdict.ExpectDone(Poll(page, 1, 1), "a time that has passed"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, 16), Errno.Fault, "no record"u8);

        for (uint ports = 0; ports < 3; ports++)
        {
            Events.Acknowledge(port);
            ulong due = Clock.Now + 2_000_000;
            Verdict.ExpectDone(Poll(page, ports, due), "a limit in time"u8);
            Verdict.Expect(Clock.Now >= due, "poll came back too early"u8);
        }

        Events.Acknowledge(port);
        Hypercalls.Call(Hypercall.SetTimerOp, Clock.Now + 2_000_000);
        Verdict.ExpectDone(Poll(page, 2, Clock.Now + 20_000_000_000), "until a masked port is raised"u8);
        Verdict.Expect(Events.IsPending(port), "poll came back without the port"u8);
        Verdict.ExpectDone(Poll(page, 2, 0), "with the port pending already"u8);
        Events.Acknowledge(port);
        Events.SetMask(port, false);
        Events.Close(port);
        Events.Close(other);
    }

    private static long Poll(ulong ports, uint count, ulong timeout)
    {
        SchedPoll poll = default;
        poll.Ports = ports;
        poll.PortCount = count;
        poll.Timeout = timeout;
        return Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll));
    }
}
