using System.Threading;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// Offers a page to the domain that peer= names, as its first grant, and powers off once that has mapped it for writing: what the other has must
/// stay, and must not become anybody else's.
/// </summary>
internal static class GranterDies
{
    internal const ulong Word = 0x0123_4567_89ab_cdef;

    private const ulong Pause = 5_000_000;

    internal static void Run()
    {
        ulong page = Frames.Take();
        Frames.Words(page).Fill(Word);
        uint reference = GuestKit.Grants.Offer((ushort)Guest.Number("peer="u8, 0), page);
        while ((Volatile.Read(ref GrantRecords.Entry(reference).Frame) == 0) || (GrantRecords.Entry(reference).Flags & GrantFlags.Writing) == 0)
            Alarm.Sleep(Pause);
    }
}
