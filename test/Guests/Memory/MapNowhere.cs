using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// update_va_mapping names an entry by its address. A walk that follows the hypervisor's own slots, or an address that was cut to 48 bits, edits
/// the hypervisor's tables for the guest.
/// Addresses of the hypervisor, addresses that are not canonical, and addresses without an L1 table must be refused.
/// </summary>
internal static class MapNowhere
{
    internal static void Run()
    {
        ulong entry = Entries.Make(Frames.Of(Frames.Take()), Entries.ReadWrite);
        for (ulong slot = 256; slot < 272; slot++)
            Refuse(0xffff_0000_0000_0000 | (slot << 39), entry);
        Refuse(0xffff_87ff_ffff_f000, entry);
        Refuse(0x0000_8000_0000_0000, entry);
        Refuse(0x7fff_8000_0000_0000, entry);
        Refuse(0xfffe_ffff_8010_0000, entry);
        Refuse(0x0000_7fff_ffff_f000, entry);
        Refuse(0xffff_8800_0000_0000, entry);
        Verdict.ExpectError(
            Hypercalls.Call(Hypercall.UpdateVaMapping, 0xffff_8000_0000_0000, 0), Errno.Inval, "no entry at a hypervisor address"u8);
    }

    private static void Refuse(ulong address, ulong entry)
    {
        Verdict.ExpectError(Mmu.Map(address, entry), Errno.Inval, "update_va_mapping"u8);
        Verdict.ExpectError(
            Hypercalls.Call(Hypercall.UpdateVaMappingOtherDomain, address, entry, 0, DomainIds.Self), Errno.Inval,
            "update_va_mapping_otherdomain"u8);
    }
}
