using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Grants;

/// <summary>
/// A grant can be mapped by the machine address of a page-table entry. An address between two entries writes half of either, past every check; one in
/// a table of another level, or in a page that is none, makes an entry that nobody has validated.
/// Every such address must be refused, and nothing may have changed.
/// </summary>
internal static class MisalignedEntries
{
    internal static void Run()
    {
        ushort self = GrantRecords.OwnDomain();
        ulong page = Frames.Take(), window = Frames.Take(), place = Entries.MachineAddress(window, 1);
        uint reference = GuestKit.Grants.Offer(self, page);
        ulong before = Entries.Read(window, 1), next = Entries.Read(window + Frames.PageBytes, 1);
        for (ulong offset = 1; offset < 8; offset++)
            Refused(self, reference, place + offset);
        Refused(self, reference, Entries.MachineAddress(window, 2));
        Refused(self, reference, Entries.MachineAddress(window, 4));
        Refused(self, reference, Frames.Of(page) << 12);
        Refused(self, reference, Guest.StartInfo.SharedInfo);
        Refused(self, reference, 0);
        Refused(self, reference, 0x20_0000);
        Refused(self, reference, ulong.MaxValue - 7);
        Refused(self, reference, 1ul << 51);
        Verdict.Expect(Entries.Read(window, 1) == before && Entries.Read(window + Frames.PageBytes, 1) == next, "an entry has changed"u8);
    }

    private static void Refused(ushort self, uint reference, ulong place)
    {
        GrantMap map = default;
        map.HostAddress = place;
        map.Flags = GrantMapFlags.HostMap | GrantMapFlags.ContainsPte;
        map.Reference = reference;
        map.Domain = self;
        Verdict.ExpectResult((long)GrantRecords.Map(ref map), (long)GrantStatus.GeneralError, "a mapping at no entry"u8);
        Verdict.Expect(GrantRecords.Entry(reference).Flags == GrantFlags.PermitAccess, "a refused mapping has left its mark"u8);
    }
}
