using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A domain of many virtual CPUs that sleeps, or nearly always sleeps, and has all their periodic timers set to the shortest period, at as many
/// phases: the work of firing them falls into its neighbours' time. `ears=0`: nobody listens, the virtual CPUs have never been up. `ears=1`: their
/// ports are bound, but they are down. `ears=2`: they are up and take each tick. `storm=0`: the same without the timers, to compare.
/// </summary>
internal static unsafe class TimerStorm
{
    private const ulong Millisecond = 1_000_000;

    private static readonly long[] ports = new long[32];

    internal static void Run()
    {
        ulong count = Guest.Number("vcpus="u8, 32), ears = Guest.Number("ears="u8, 0);
        ulong begin = Guest.Number("from="u8, 1_000) * Millisecond, end = Guest.Number("to="u8, 2_000) * Millisecond;
        for (uint number = 1; ears > 0 && number < count; number++)
            ports[number] = Events.BindVirq(Virq.Timer, number);
        for (uint number = 1; ears > 1 && number < count; number++)
        {
            ulong page = VirtualProcessors.MakeContext((ulong)(delegate*<ulong, void>)&Listen);
            ((VcpuGuestContext*)page)->UserRegs.Rdi = number;
            Verdict.ExpectDone(VirtualProcessors.Initialise(number, page), "initialise"u8);
            Verdict.ExpectDone(VirtualProcessors.Up(number), "up"u8);
        }

        Verdict.Expect(Clock.Now < begin, "it began too late"u8);
        Alarm.SleepUntil(begin);
        VcpuSetPeriodicTimer timer = default;
        timer.Period = Millisecond;
        for (uint number = 1; Guest.Number("storm="u8, 1) != 0 && number < count; number++)
        {
            Verdict.ExpectDone(VirtualProcessors.Call(VcpuCommand.SetPeriodicTimer, number, Hypercalls.AddressOf(in timer)), "periodic"u8);
            for (ulong spin = Clock.Now + 31_000; Clock.Now < spin;)
                continue;
        }

        Alarm.SleepUntil(end);
        for (uint number = 1; number < count; number++)
            Verdict.ExpectDone(VirtualProcessors.Call(VcpuCommand.StopPeriodicTimer, number, 0), "stopped"u8);
    }

    private static void Listen(ulong number)
    {
        ref VcpuInfo info = ref Guest.SharedInfo.VcpuInfo[(int)number];
        long port = ports[number];
        while (true)
        {
            SchedPoll poll = default;
            uint only = (uint)port;
            poll.Ports = Hypercalls.AddressOf(in only);
            poll.PortCount = 1;
            Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll));
            Interlocked.And(ref Guest.SharedInfo.EventPending[(int)(port / 64)], ~(1ul << (int)(port % 64)));
            info.EventUpcallPending = 0;
            info.EventPendingSelector = 0;
        }
    }
}
