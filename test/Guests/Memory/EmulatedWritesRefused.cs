using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Emulated stores are a second door to the same tables; XSA-182 came through a door that checked less than the first. A crafty guest
/// stores a writable mapping of a table, of the hypervisor, or half of such an entry, or aims across the end of the page.
/// Each must reach the guest as the page fault that it is, with the table unchanged.
/// </summary>
internal static unsafe class EmulatedWritesRefused
{
    internal static void Run()
    {
        Hypercalls.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables);
        ulong table = Frames.TakeProtected();
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(table), 1), "the pin"u8);
        ulong own = Entries.Make(Frames.Of(table), Entries.ReadOnly);
        Refuse(table, Entries.Make(Frames.Of(table), Entries.ReadWrite));
        Refuse(table, Entries.Make(Frames.Of(Guest.StartInfo.PageTableBase), Entries.ReadWrite));
        Refuse(table, Entries.Make(0x200, Entries.ReadOnly));
        Refuse(table, Entries.Make(0x1_0000_0000, Entries.ReadOnly));

        Verdict.Expect(Probe.Store(table, own), "a read-only self-mapping"u8);
        // or byte [rdi], 2; ret
        Verdict.ExpectTrap(Probe.Code([0x80, 0x0f, 0x02, 0xc3], table), 14, "or of the writable bit"u8);
        // lock bts dword [rdi], 1; ret
        Verdict.ExpectTrap(Probe.Code([0xf0, 0x0f, 0xba, 0x2f, 0x01, 0xc3], table), 14, "bts of the writable bit"u8);
        // mov byte [rdi], sil; ret
        Verdict.ExpectTrap(Probe.Code([0x40, 0x88, 0x37, 0xc3], table, Entries.ReadWrite & 0xff), 14, "mov of the low byte"u8);
        Verdict.Expect(*(ulong*)table == (own | Entries.User), "the entry has changed"u8);
        Verdict.ExpectTrap(Probe.Store(table + 4, 0), 14, "a store over two entries"u8);
        // movups [rdi], xmm0; ret
        Verdict.ExpectTrap(Probe.Code([0x0f, 0x11, 0x07, 0xc3], table), 14, "a store of 16 bytes"u8);
        Verdict.Expect(Probe.Store(table, 0), "clearing the entry"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(table)), "the unpin"u8);
    }

    private static void Refuse(ulong table, ulong entry)
    {
        Verdict.ExpectTrap(Probe.Store(table, entry), 14, "a store of a bad entry"u8);
        Verdict.Expect(Traps.LastAddress == table, "the page fault named another address"u8);
        Verdict.Expect((Traps.Last.ErrorCode & 7) == 3, "the page fault had another error code"u8);
        Verdict.Expect(*(ulong*)table == 0, "the entry was stored"u8);
    }
}
