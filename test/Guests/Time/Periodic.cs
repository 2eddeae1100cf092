using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Time;

/// <summary>
/// A period of one nanosecond is a request for all of the processor's time; one of 2^64 - 1 a sum that wraps. Both must be refused; a good one must
/// go on until it is stopped.
/// </summary>
internal static class Periodic
{
    internal static void Run()
    {
        foreach (ulong period in (ReadOnlySpan<ulong>)[0, 1, 999, ulong.MaxValue, ulong.MaxValue / 2 + 1, (ulong.MaxValue >> 2) + 1])
            Verdict.ExpectError(Set(period), Errno.Inval, "a bad period"u8);
        Verdict.ExpectDone(Set(ulong.MaxValue >> 2), "a period of a century and a half"u8);
        Verdict.ExpectDone(Stop(), "stopping it"u8);
        long port = Events.BindVirq(Virq.Timer);
        Verdict.ExpectDone(Set(2_000_000), "a period of two milliseconds"u8);
        int fired = 0;
        ulong end = Clock.Now + 2_000_000_000;
        while (fired < 3 && Clock.Now < end)
        {
            Hypercalls.Yield();
            if (!Events.IsPending(port))
                continue;
            Events.Acknowledge(port);
            fired++;
        }

        Verdict.ExpectResult(fired, 3, "how often it fired"u8);
        Verdict.ExpectDone(Stop(), "stopping it"u8);
        Verdict.ExpectDone(Stop(), "stopping it twice"u8);
        Events.Acknowledge(port);
        end = Clock.Now + 6_000_000;
        while (Clock.Now < end)
            Hypercalls.Yield();
        Verdict.Expect(!Events.IsPending(port), "a stopped timer has fired"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetTimerOp, 0), "cancelling what does not run"u8);
        Events.Close(port);
    }

    private static long Set(ulong period)
    {
        VcpuSetPeriodicTimer timer = default;
        timer.Period = period;
        return Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetPeriodicTimer, 0, Hypercalls.AddressOf(in timer));
    }

    private static long Stop() => Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.StopPeriodicTimer, 0);
}
