using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// The other end of peer-listens, which is domain 1: it binds the end that is kept for it, in the two-level form, asks a hundred times and gets an
/// answer each time. Then it ends with the channel open.
/// </summary>
internal static class PeerDies
{
    private const ushort Peer = 1;

    // Behind its console's and its store's.
    private const uint FirstPort = 3;

    internal static void Run()
    {
        long own = GuestKit.Events.BindIpi(), port = -1;
        for (ulong end = Clock.Now + 20_000_000_000; port < 0 && Clock.Now < end;)
        {
            port = GuestKit.Events.BindInterdomain(Peer, FirstPort);
            PeerListens.Wait(own, 1_000_000);
        }

        Verdict.Expect(port > 0 && GuestKit.Events.IsPending(port), "bind_interdomain"u8);
        for (int count = 0; count < PeerListens.Events; count++)
        {
            GuestKit.Events.Acknowledge(port);
            Verdict.ExpectDone(GuestKit.Events.Send(port), "send"u8);
            Verdict.Expect(PeerListens.Wait(port, 20_000_000_000), "no answer came"u8);
        }
    }
}
