using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A guest that does a little whenever its timer fires, fifty times beside others that compute without end. How late it was woken at worst is told
/// in microseconds; whether that is late is for who gave it its warp to say.
/// </summary>
internal static class Punctual
{
    private const ulong Tick = 10_000_000;

    internal static void Run()
    {
        long port = Events.BindVirq(Virq.Timer);
        ulong begin = Guest.Number("from="u8, 0) * 1_000_000, worst = 0;
        for (int turn = 0; turn < 50; turn++)
        {
            ulong due = (Clock.Now > begin ? Clock.Now : begin) + Tick;
            Events.Acknowledge(port);
            Hypercalls.Call(Hypercall.SetTimerOp, due);
            while (!Events.IsPending(port))
                Hypercalls.Block();
            ulong late = Clock.Now - due;
            worst = late > worst ? late : worst;
        }

        Events.Allow(false);
        Events.Close(port);
        Console.Write("late by at most: "u8);
        Console.Write((long)(worst / 1000));
        Console.Write(" us\n"u8);
    }
}
