using Serai.GuestKit;

namespace Serai.Guests.Channels;

/// <summary>
/// Threads take turns where they say so and nowhere else; one that waits for a port does not run before the port is pending; each keeps its own
/// stack and registers, and one that has ended leaves its place to the next.
/// </summary>
internal static unsafe class ThreadTurns
{
    private const int Turns = 50;

    private static ulong order;
    private static ulong ended;
    private static long port;
    private static bool woken;

    internal static void Run()
    {
        for (int round = 0; round < 5; round++)
        {
            order = ended = 0;
            for (ulong number = 0; number < 3; number++)
                Threads.Start((ulong)(delegate*<ulong, void>)&TakeTurns, number);
            Verdict.ExpectResult(Threads.Count, 4, "threads"u8);
            Threads.WaitForAll();
            Verdict.ExpectResult((long)ended, 3, "threads that have ended"u8);
            Verdict.ExpectResult(Threads.Count, 1, "threads at the end"u8);
        }

        WaitForPort();
    }

    private static void TakeTurns(ulong number)
    {
        for (ulong turn = 0; turn < Turns; turn++)
        {
            Verdict.Expect(order == (turn * 3) + number, "a turn out of order"u8);
            order++;
            Threads.Yield();
        }

        ended++;
    }

    private static void WaitForPort()
    {
        port = Events.BindIpi();
        woken = false;
        Threads.Start((ulong)(delegate*<ulong, void>)&Sleeper, 0);
        for (int turn = 0; turn < 3; turn++)
            Threads.Yield();
        Verdict.Expect(!woken, "a thread ran that waits for an event"u8);
        Events.Send(port);
        Threads.WaitForAll();
        Verdict.Expect(woken && !Events.IsPending(port), "the event did not wake the thread"u8);
        Events.Close(port);
    }

    private static void Sleeper(ulong number)
    {
        Threads.WaitFor(port);
        woken = true;
    }
}
