using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Grants;

/// <summary>
/// Unmap-and-replace moves a page-table entry. Moved twice, or counted where it was and where it is, it would make a frame's count wrong for ever.
/// A page takes the place of a mapping; its old address then shows nothing.
/// </summary>
internal static class ReplacedMapping
{
    internal static void Run()
    {
        ushort self = GrantRecords.OwnDomain();
        ulong page = Frames.Take(), window = Frames.Take(), other = Frames.Take();
        Frames.Words(other)[0] = 99;
        GrantMap map = default;
        map.HostAddress = window;
        map.Flags = GrantMapFlags.HostMap;
        map.Reference = GuestKit.Grants.Offer(self, page);
        map.Domain = self;
        Verdict.ExpectDone((long)GrantRecords.Map(ref map), "map"u8);
        Verdict.Expect(GrantRecords.Replace(map.Handle, window, window) != GrantStatus.Okay, "by itself"u8);
        Verdict.Expect(GrantRecords.Replace(map.Handle, window, AddressSpace.MachineToPhysicalStart) != GrantStatus.Okay, "by the hypervisor's"u8);
        Verdict.ExpectDone((long)GrantRecords.Replace(map.Handle, window, other), "replace"u8);
        Verdict.Expect(Probe.Load(window, out ulong word) && word == 99, "the other page is not there"u8);
        Verdict.ExpectTrap(Probe.Load(other, out _), 14, "it is still where it was"u8);
        Verdict.Expect(GrantRecords.Entry(map.Reference).Flags == GrantFlags.PermitAccess, "the mark stays"u8);
        Verdict.ExpectResult((long)GrantRecords.Replace(map.Handle, window, other), (long)GrantStatus.BadHandle, "twice"u8);
    }
}
