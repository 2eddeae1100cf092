using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// Maps what the domain peer= offers, twice, once also for a device, overwrites one of the mappings, and powers off with all of them.
/// </summary>
internal static class UserDies
{
    private const ulong Pause = 5_000_000;

    internal static void Run()
    {
        ulong first = Frames.Take(), second = Frames.Take(), own = Frames.Of(second);
        // What the processor remembers of the windows must go before the grant comes: that is the guest's affair.
        Mmu.Map(first, 0);
        Mmu.Map(second, 0);
        GrantMap map = default;
        map.HostAddress = first;
        map.Flags = GrantMapFlags.HostMap | GrantMapFlags.DeviceMap;
        map.Reference = GuestKit.Grants.First;
        map.Domain = (ushort)Guest.Number("peer="u8, 0);
        while (GrantRecords.Map(ref map) != GrantStatus.Okay)
            Alarm.Sleep(Pause);
        map.HostAddress = second;
        Verdict.ExpectDone((long)GrantRecords.Map(ref map), "mapping it twice"u8);
        Verdict.ExpectDone(Mmu.Map(second, Entries.Make(own, Entries.ReadWrite)), "overwriting one"u8);
        Verdict.Expect(Probe.Store(first, 42), "a store"u8);
    }
}
