using Serai.Abi;
using Serai.GuestKit;

namespace Serai.PairGuest;

/// <summary>The timer of a virtual CPU, and sleeping by poll.</summary>
internal static class TimerRows
{
    private const int SetRow = 198, FireRow = 199, WakeRow = 200, PendingRow = 201, TimeoutRow = 202;
    private const int Loops = 8;
    private const ulong Ahead = 10_000_000, Soon = 30_000;

    /// <summary>Each row once; only those two whose growth is looked at unless <paramref name="all"/> holds.</summary>
    internal static void Run(bool all)
    {
        Fire();
        Wake();
        if (!all)
            return;
        Set();
        Pending();
        TimeOut();
    }

    // Ever later, and so never due: what a kernel does at each tick.
    private static void Set()
    {
        ulong deadline = Clock.Now + Ahead;
        Alarm.Set(deadline);
        Sample sample = Sample.Begin(SetRow);
        for (ulong turn = 0; turn < 1 << Loops; turn++)
            Hypercalls.Call(Hypercall.SetTimerOp, deadline + (turn * 1000));
        sample.Finish(Loops, "timer-set"u8);
        Alarm.Set(0);
    }

    // The guest computes meanwhile, with events masked, so that it is only the timer; what it computes is not the hypervisor's.
    private static void Fire()
    {
        long port = Alarm.Port;
        Guest.VcpuInfo.EventUpcallMask = 1;
        Events.Acknowledge(port);
        ulong ticks = 0;
        Assembly.MarkStart(FireRow);
        for (int turn = 0; turn < 1 << Loops; turn++)
        {
            ulong begun = Clock.Now, deadline = begun + Soon;
            Hypercalls.Call(Hypercall.SetTimerOp, deadline);
            ticks += Clock.Now - begun;
            while (!Events.IsPending(port))
            {
            }

            ticks += Clock.Now - deadline;
            Guest.VcpuInfo.EventUpcallPending = 0;
            Events.Acknowledge(port);
        }

        Assembly.MarkStop(Loops);
        Sample.Tell("timer-fire"u8, ticks >> Loops);
    }

    private static void Wake()
    {
        long port = Alarm.Port;
        ulong ticks = 0;
        Assembly.MarkStart(WakeRow);
        for (int turn = 0; turn < 1 << Loops; turn++)
        {
            ulong deadline = Clock.Now + Soon;
            Hypercalls.Call(Hypercall.SetTimerOp, deadline);
            Events.WaitFor(port);
            ticks += Clock.Now - deadline;
        }

        Assembly.MarkStop(Loops);
        Sample.Tell("timer-wake"u8, ticks >> Loops);
    }

    private static void Pending()
    {
        long port = Events.BindIpi(), result = Events.Send(port);
        Sample sample = Sample.Begin(PendingRow);
        for (int turn = 0; turn < 1 << Loops; turn++)
            result |= Polls.For(port, 0);
        sample.Finish(Loops, "poll-pending"u8);
        Verdict.ExpectDone(result, "poll for a port that is pending"u8);
        Events.Acknowledge(port);
        Events.Close(port);
        Guest.VcpuInfo.EventUpcallPending = 0;
    }

    private static void TimeOut()
    {
        long port = Events.BindIpi(), result = 0;
        Events.SetMask(port, true);
        Guest.VcpuInfo.EventUpcallPending = 0;
        ulong ticks = 0;
        Assembly.MarkStart(TimeoutRow);
        for (int turn = 0; turn < 1 << Loops; turn++)
        {
            ulong deadline = Clock.Now + Soon;
            result |= Polls.For(port, deadline);
            ticks += Clock.Now - deadline;
        }

        Assembly.MarkStop(Loops);
        Sample.Tell("poll-timeout"u8, ticks >> Loops);
        Verdict.ExpectDone(result, "poll until a time"u8);
        Verdict.Expect((long)ticks >= 0, "poll came back before its time"u8);
        Events.SetMask(port, false);
        Events.Close(port);
    }
}
