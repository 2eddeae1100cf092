using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// A page of an LDT that the processor has been shown is held by a reference of its own, which only the teardown can give back.
/// All frames of a domain that dies with such a page must come back.
/// </summary>
internal static class LocalTableInUse
{
    private const ulong FlatData = 0x00cf_f300_0000_ffff;

    internal static void Run()
    {
        ulong page = Frames.Take();
        Frames.Words(page)[1] = FlatData;
        Verdict.ExpectDone(Frames.Protect(page), "making the LDT's page read-only"u8);
        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.SetLdt, page, 512), "set_ldt"u8);
        // mov ds, edi; xor edi, edi; mov ds, edi; ret
        Verdict.Expect(Probe.Code([0x8e, 0xdf, 0x31, 0xff, 0x8e, 0xdf, 0xc3], 0xf), "a selector of the LDT"u8);
        Verdict.Expect(Frames.Unprotect(page) != 0, "the page that the processor is shown became writable"u8);
        Probe.Iret(0x5000);
        Verdict.Expect(false, "it lives"u8);
    }
}
