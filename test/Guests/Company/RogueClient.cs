using System.Threading;

using Serai.Abi.Io;
using Serai.GuestKit;
using Serai.GuestKit.Rings;

namespace Serai.Guests.Company;

/// <summary>
/// A client of the store (examples/Store, domain peer=) that says it has put a thousand requests into a ring of 128. The store must not read what
/// was never written; it ends the service and lets go of the page.
/// </summary>
internal static unsafe class RogueClient
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        new RingPage(page, 24).Clear();
        long port = Meeting.Offer((ushort)Guest.Number("peer="u8, 0), page);
        Volatile.Write(ref ((RingHeader*)page)->RequestProducer, 1000);
        Alarm.Sleep(50_000_000);
        while (!GuestKit.Grants.TryWithdraw(GuestKit.Grants.First))
        {
            Events.Send(port);
            Alarm.Sleep(10_000_000);
        }

        Verdict.ExpectResult(((RingHeader*)page)->ResponseProducer, 0, "responses to nothing"u8);
    }
}
