using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Scheduling;

/// <summary>
/// A guest that sleeps must be woken by what it sleeps for; the moment between looking and sleeping is where wake-ups get lost, so `block` lets
/// events come and looks once more. With an event waiting it must not sleep; with a timer set it must sleep until then.
/// </summary>
internal static class BlockAndWake
{
    internal static void Run()
    {
        long port = Events.BindVirq(Virq.Timer);
        ref VcpuInfo info = ref Guest.VcpuInfo;
        Events.Acknowledge(port);
        info.EventUpcallMask = 1;
        info.EventUpcallPending = 1;
        ulong count = Traps.EventCount;
        Verdict.ExpectDone(Hypercalls.Block(), "block with an event waiting"u8);
        Verdict.Expect(Traps.EventCount == count + 1, "the event that was waiting did not come"u8);
        Verdict.Expect(info.EventUpcallMask == 0, "block did not let events come"u8);
        for (int turn = 0; turn < 5; turn++)
        {
            Events.Acknowledge(port);
            ulong due = Clock.Now + 2_000_000;
            count = Traps.EventCount;
            Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetTimerOp, due), "set_timer_op"u8);
            while (Traps.EventCount == count)
                Verdict.ExpectDone(Hypercalls.Block(), "block until the timer"u8);
            Verdict.Expect(Clock.Now >= due, "it woke too early"u8);
        }

        Events.Allow(false);
        Events.Acknowledge(port);
        Events.Close(port);
    }
}
