using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Grants;

/// <summary>
/// A guest owns its page tables and can overwrite the entry of a grant like any other. If the hypervisor then gave the frame's reference back twice,
/// with the entry and with the handle, the frame would be free while somebody has it.
/// A mapping is overwritten a hundred times over; its handles cannot be unmapped, and the frame stays what it was.
/// </summary>
internal static class OverwrittenMapping
{
    internal static void Run()
    {
        ushort self = GrantRecords.OwnDomain();
        ulong page = Frames.Take(), window = Frames.Take(), own = Frames.Of(window);
        uint reference = GuestKit.Grants.Offer(self, page);
        GrantMap map = default;
        map.HostAddress = window;
        map.Flags = GrantMapFlags.HostMap;
        map.Reference = reference;
        map.Domain = self;
        for (int turn = 0; turn < 100; turn++)
        {
            Verdict.ExpectDone((long)GrantRecords.Map(ref map), "map"u8);
            Verdict.ExpectDone(Mmu.Map(window, Entries.Make(own, Entries.ReadWrite)), "overwriting it"u8);
            Verdict.ExpectResult((long)GrantRecords.Unmap(map.Handle, window), (long)GrantStatus.GeneralError, "unmapping what is not there"u8);
        }

        Verdict.Expect(Probe.Store(page, 5) && Frames.Words(page)[0] == 5, "the page is gone"u8);
        Verdict.ExpectError(Mmu.Pin(Frames.Of(page), 1), Errno.Inval, "the page as a table, though it is mapped writable"u8);
        Verdict.ExpectDone((long)GrantRecords.Map(ref map), "map once more"u8);
        Verdict.ExpectDone((long)GrantRecords.Unmap(map.Handle, window), "and unmap"u8);
        Verdict.ExpectDone(Frames.Protect(page), "taking the last writable mapping away"u8);
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(own, Entries.ReadWrite)), "the window's own page again"u8);
        Frames.Words(window)[0] = 0;
        Verdict.Expect(Probe.Load(page, out ulong word) && word == 5, "what the page holds"u8);
    }
}
