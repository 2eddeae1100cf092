using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Time;

/// <summary>
/// The periodic and the single-shot timer are two. Whoever stops or sets one of them must find the other as it was: a kernel that lost its tick to
/// a driver's timer would stand still.
/// </summary>
internal static class SeparateTimers
{
    private const ulong Millisecond = 1_000_000;

    internal static void Run()
    {
        long port = Events.BindVirq(Virq.Timer);
        VcpuSetPeriodicTimer period = default;
        period.Period = 2 * Millisecond;
        Verdict.ExpectDone(Call(VcpuCommand.SetPeriodicTimer, Hypercalls.AddressOf(in period)), "a period of two milliseconds"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetTimerOp, Clock.Now + 3_600_000 * Millisecond), "a single shot in an hour"u8);
        Verdict.Expect(HasTicked(port), "a single shot set has stopped the tick"u8);
        Verdict.ExpectDone(Call(VcpuCommand.StopSingleshotTimer, 0), "stopping the single shot"u8);
        Verdict.Expect(HasTicked(port), "a single shot stopped has stopped the tick"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetTimerOp, 1), "a single shot in the past"u8);
        Verdict.Expect(HasTicked(port), "a single shot in the past has stopped the tick"u8);

        ulong due = Clock.Now + 20 * Millisecond;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetTimerOp, due), "a single shot"u8);
        Verdict.ExpectDone(Call(VcpuCommand.StopPeriodicTimer, 0), "stopping the tick"u8);
        Events.Acknowledge(port);
        while (!Events.IsPending(port) && Clock.Now < due + 2_000 * Millisecond)
            Hypercalls.Yield();
        Verdict.Expect(Events.IsPending(port), "the tick stopped has stopped the single shot"u8);
        Verdict.Expect(Clock.Now >= due, "something fired before the single shot"u8);
        Events.Close(port);
    }

    private static bool HasTicked(long port)
    {
        Events.Acknowledge(port);
        for (ulong end = Clock.Now + 2_000 * Millisecond; !Events.IsPending(port) && Clock.Now < end;)
            Hypercalls.Yield();
        return Events.IsPending(port);
    }

    private static long Call(VcpuCommand command, ulong record) => Hypercalls.Call(Hypercall.VcpuOp, (ulong)command, 0, record);
}
