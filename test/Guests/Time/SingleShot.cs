using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Time;

/// <summary>
/// A timer set for a moment that has passed must fire at once, or a guest waits for it for ever; one set for the end of time must not fire, wrap, or
/// make a sum overflow in the hypervisor.
/// </summary>
internal static class SingleShot
{
    internal static void Run()
    {
        long port = Events.BindVirq(Virq.Timer);
        Verdict.Expect(port > 0, "bind_virq"u8);
        foreach (ulong past in (ReadOnlySpan<ulong>)[0, 1, Clock.Now])
        {
            Events.Acknowledge(port);
            Verdict.ExpectDone(Set(past, 0), "a timer in the past"u8);
            Verdict.Expect(Events.IsPending(port), "a timer in the past did not fire at once"u8);
        }

        Verdict.ExpectError(Set(1, (uint)VcpuSingleshotFlags.Future), Errno.Time, "a timer in the past that must not be"u8);
        foreach (ulong future in (ReadOnlySpan<ulong>)[ulong.MaxValue, ulong.MaxValue - 1, 1ul << 63, long.MaxValue, 1ul << 62])
        {
            Events.Acknowledge(port);
            Verdict.ExpectDone(Set(future, 0), "a timer in the far future"u8);
            Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetTimerOp, future), "set_timer_op in the far future"u8);
            Hypercalls.Yield();
            Verdict.Expect(!Events.IsPending(port), "a timer in the far future has fired"u8);
        }

        ulong due = Clock.Now + 3_000_000;
        Verdict.ExpectDone(Set(due, 0), "a timer in three milliseconds"u8);
        while (!Events.IsPending(port) && Clock.Now < due + 2_000_000_000)
            Hypercalls.Yield();
        Verdict.Expect(Events.IsPending(port), "it has not fired for two seconds"u8);
        Verdict.Expect(Clock.Now >= due, "it has fired too early"u8);
        Events.Acknowledge(port);
        Set(Clock.Now + 2_000_000, 0);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.StopSingleshotTimer, 0), "stop"u8);
        due = Clock.Now + 5_000_000;
        while (Clock.Now < due)
            Hypercalls.Yield();
        Verdict.Expect(!Events.IsPending(port), "a stopped timer has fired"u8);
        Verdict.ExpectError(
            Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetSingleshotTimer, 0, 0xffff_8300_0000_0000), Errno.Fault, "a bad record"u8);
        Events.Close(port);
    }

    private static long Set(ulong deadline, uint flags)
    {
        VcpuSetSingleshotTimer timer = default;
        timer.Timeout = deadline;
        timer.Flags = (VcpuSingleshotFlags)flags;
        return Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.SetSingleshotTimer, 0, Hypercalls.AddressOf(in timer));
    }
}
