using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Time;

/// <summary>
/// The alarm in virtual time counts what this guest runs. While it sleeps, that time must stand still and the alarm be silent; while it runs, the
/// alarm must come, not a moment too early. A guest that sets it for the beginning or the end of time, or for another, gains nothing.
/// </summary>
internal static class VirtualTimer
{
    private const ulong Millisecond = 1_000_000;

    internal static void Run()
    {
        long port = Events.BindVirq(Virq.Timer);
        Verdict.Expect(port > 0, "bind_virq"u8);
        Edges(port);
        ulong due = VirtualNow() + 3 * Millisecond, real = Clock.Now;
        Verdict.ExpectDone(Set(due, 0), "an alarm after three milliseconds of running"u8);
        Sleep();
        Verdict.Expect(Clock.Now - real >= 20 * Millisecond, "the sleep was too short"u8);
        Verdict.Expect(VirtualNow() < due, "virtual time passed in sleep"u8);
        Verdict.Expect(!Events.IsPending(port), "the alarm came in sleep"u8);
        while (!Events.IsPending(port) && Clock.Now < real + 4_000 * Millisecond)
            Hypercalls.Yield();
        Verdict.Expect(Events.IsPending(port), "the alarm has not come"u8);
        Verdict.Expect(VirtualNow() >= due, "the alarm came too early"u8);
        Verdict.Expect(Clock.Now - real >= VirtualNow() - (due - 3 * Millisecond), "virtual time is faster than real time"u8);
        Events.Acknowledge(port);
        Verdict.ExpectDone(Set(VirtualNow() + 2 * Millisecond, 0), "another alarm"u8);
        Verdict.ExpectDone(Call(SeraiVcpuCommand.StopVirtualTimer, 0, 0), "stop"u8);
        for (ulong end = VirtualNow() + 4 * Millisecond; VirtualNow() < end;)
            Hypercalls.Yield();
        Verdict.Expect(!Events.IsPending(port), "a stopped alarm has come"u8);
        Events.Close(port);
    }

    private static void Edges(long port)
    {
        foreach (ulong past in (ReadOnlySpan<ulong>)[0, 1, VirtualNow()])
        {
            Events.Acknowledge(port);
            Verdict.ExpectDone(Set(past, 0), "an alarm in the past"u8);
            Verdict.Expect(Events.IsPending(port), "an alarm in the past did not come at once"u8);
        }

        Verdict.ExpectError(Set(1, VcpuSingleshotFlags.Future), Errno.Time, "an alarm in the past that must not be"u8);
        Events.Acknowledge(port);
        foreach (ulong future in (ReadOnlySpan<ulong>)[ulong.MaxValue, ulong.MaxValue - 1, 1ul << 63, long.MaxValue])
        {
            Verdict.ExpectDone(Set(future, 0), "an alarm in the far future"u8);
            Hypercalls.Yield();
            Verdict.Expect(!Events.IsPending(port), "an alarm in the far future has come"u8);
        }

        Verdict.ExpectError(Call(SeraiVcpuCommand.SetVirtualTimer, 0, 0xffff_8300_0000_0000), Errno.Fault, "a bad record"u8);
        Verdict.ExpectError(Call(SeraiVcpuCommand.SetVirtualTimer, 77, 0), Errno.NoEnt, "for a virtual CPU that there is not"u8);
        Verdict.ExpectError(Call(SeraiVcpuCommand.StopVirtualTimer + 1, 0, 0), Errno.NoSys, "a command that there is not"u8);
    }

    private static void Sleep()
    {
        SchedPoll poll = default;
        poll.Timeout = Clock.Now + 20 * Millisecond;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SchedOp, (ulong)SchedCommand.Poll, Hypercalls.AddressOf(in poll)), "poll"u8);
    }

    private static ulong VirtualNow()
    {
        VcpuRunstateInfo info = default;
        Hypercalls.Call(Hypercall.VcpuOp, (ulong)VcpuCommand.GetRunstateInfo, 0, Hypercalls.AddressOf(in info));
        return info.TimeRunning;
    }

    private static long Set(ulong deadline, VcpuSingleshotFlags flags)
    {
        VcpuSetSingleshotTimer timer = default;
        timer.Timeout = deadline;
        timer.Flags = flags;
        return Call(SeraiVcpuCommand.SetVirtualTimer, 0, Hypercalls.AddressOf(in timer));
    }

    private static long Call(SeraiVcpuCommand command, ulong vcpu, ulong record) => Hypercalls.Call(Hypercall.VcpuOp, (ulong)command, vcpu, record);
}
