using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A page that is mapped must not be freed with its owner. Maps what the domain peer= offers, waits until that has died, and goes on using the page
/// for a while; only then does it let it go.
/// </summary>
internal static class UserOutlives
{
    private const ulong Pause = 5_000_000, While = 500_000_000;

    internal static void Run()
    {
        var peer = (ushort)Guest.Number("peer="u8, 0);
        GuestKit.GrantMapping mapping;
        while (GuestKit.Grants.Map(peer, GuestKit.Grants.First, readOnly: false, out mapping) != GrantStatus.Okay)
            Alarm.Sleep(Pause);
        while (GuestKit.Grants.Map(peer, GuestKit.Grants.First, readOnly: false, out GuestKit.GrantMapping second) != GrantStatus.BadDomain)
        {
            GuestKit.Grants.Unmap(ref second);
            Alarm.Sleep(Pause);
        }

        ulong end = Clock.Now + While;
        while (Clock.Now < end)
        {
            bool whole = true;
            foreach (ulong word in Frames.Words(mapping.Address))
                whole &= word == GranterDies.Word;
            Verdict.Expect(whole, "the dead domain's page has changed"u8);
            Alarm.Sleep(Pause);
        }

        Verdict.Expect(Probe.Store(mapping.Address, 1), "it cannot be written any more"u8);
        Verdict.ExpectDone((long)GuestKit.Grants.Unmap(ref mapping), "unmapping it"u8);
    }
}
