using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A domain of four virtual CPUs of which one computes at a time: for `burst=` microseconds, then it wakes the next and sleeps, before its turn is
/// over. Each that wakes has not run for long, so a scheduler that only remembers what a virtual CPU has had takes each for one that is owed.
/// It counts like counted-work, and must get no more.
/// </summary>
internal static unsafe class Baton
{
    private const ulong Millisecond = 1_000_000;
    private const uint Count = 4;

    private static readonly long[] ports = new long[Count];
    private static ulong from, to, burst, done, result;

    internal static void Run()
    {
        from = Guest.Number("from="u8, 1_000) * Millisecond;
        to = Guest.Number("to="u8, 2_000) * Millisecond;
        burst = Guest.Number("burst="u8, 1_900) * 1_000;
        for (uint number = 0; number < Count; number++)
            ports[number] = Events.BindIpi(number);
        for (uint number = 1; number < Count; number++)
        {
            ulong page = VirtualProcessors.MakeContext((ulong)(delegate*<ulong, void>)&Take);
            ((VcpuGuestContext*)page)->UserRegs.Rdi = number;
            Verdict.ExpectDone(VirtualProcessors.Initialise(number, page), "initialise"u8);
            Verdict.ExpectDone(VirtualProcessors.Up(number), "up"u8);
        }

        Verdict.Expect(Clock.Now < from, "it began too late"u8);
        while (Clock.Now < to)
        {
            Compute();
            Pass(0);
        }

        Console.Write("work done: "u8);
        Console.Write((long)done);
        Console.Write("\n"u8);
    }

    private static void Take(ulong number)
    {
        Wait(number);
        while (true)
        {
            Compute();
            Pass(number);
        }
    }

    private static void Pass(ulong number)
    {
        Events.Send(ports[(number + 1) % Count]);
        Wait(number);
    }

    private static void Compute()
    {
        ulong end = Clock.Now + burst, work = 1;
        for (ulong now = Clock.Now; now < end; now = Clock.Now)
        {
            work = Compute(work);
            if (now >= from && now < to)
                done++;
        }

        // What nobody sees the compiler need not compute.
        Volatile.Write(ref result, work);
    }

    private static ulong Compute(ulong work)
    {
        for (int step = 0; step < 2_000; step++)
            work = (work ^ work << 13 ^ work >> 7) | 1;
        return work;
    }

    /// <summary>Sleeps until the port of a virtual CPU, which nobody else looks at, is pending, and acknowledges it.</summary>
    private static void Wait(ulong number)
    {
        ref VcpuInfo info = ref Guest.SharedInfo.VcpuInfo[(int)number];
        long port = ports[number];
        info.EventUpcallMask = 1;
        while (!Events.IsPending(port))
        {
            SchedPoll poll = default;
            uint only = (uint)port;
            poll.Ports = Hypercalls.AddressOf(in only);
            poll.PortCount = 1;
            Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll));
        }

        Interlocked.And(ref Guest.SharedInfo.EventPending[(int)(port / 64)], ~(1ul << (int)(port % 64)));
        info.EventUpcallPending = 0;
        info.EventPendingSelector = 0;
    }
}
