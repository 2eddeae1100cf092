using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// The neighbour: it sleeps for a tenth of a second thirty times and looks at the clock. Whatever others do meanwhile, it must be woken each time,
/// and its memory must be as it left it. Where the machine's clock counts instructions, `late=` says how many milliseconds are too late.
/// </summary>
internal static class Ticking
{
    private const ulong Tick = 100_000_000;

    internal static void Run()
    {
        ulong page = Frames.Take();
        for (int index = 0; index < 512; index++)
            Frames.Words(page)[index] = (ulong)index * 0x9e37_79b9_7f4a_7c15;
        long port = Events.BindVirq(Virq.Timer);
        ulong worst = 0;
        for (int turn = 0; turn < 30; turn++)
        {
            ulong due = Clock.Now + Tick;
            Events.Acknowledge(port);
            Hypercalls.Call(Hypercall.SetTimerOp, due);
            while (!Events.IsPending(port))
                Hypercalls.Block();
            ulong late = Clock.Now - due;
            worst = late > worst ? late : worst;
        }

        Events.Allow(false);
        ulong limit = Guest.Number("late="u8, 0) * 1_000_000;
        Verdict.Expect(limit == 0 || worst < limit, "it was woken too late"u8);
        for (int index = 0; index < 512; index++)
            Verdict.Expect(Frames.Words(page)[index] == (ulong)index * 0x9e37_79b9_7f4a_7c15, "its memory has changed"u8);
        Events.Close(port);
    }
}
