using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// A domain that dies with mappings of this one's page must leave nothing on it. Offers a page to the domain peer=, sees it written, and once the
/// marks have gone makes a page table of it, which a reference left behind would forbid.
/// </summary>
internal static class GranterOutlives
{
    private const ulong Pause = 5_000_000;

    internal static void Run()
    {
        ulong page = Frames.Take();
        uint reference = GuestKit.Grants.Offer((ushort)Guest.Number("peer="u8, 0), page);
        while (Frames.Words(page)[0] != 42)
            Alarm.Sleep(Pause);
        while (!GuestKit.Grants.TryWithdraw(reference))
            Alarm.Sleep(Pause);
        Frames.Words(page).Clear();
        Verdict.ExpectDone(Frames.Protect(page), "taking the own mapping away"u8);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(page), 1), "the page as a table"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(page)), "and back"u8);
    }
}
