using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// A guest loads selectors of its table and then takes the table away. The processor goes on with what it remembers until the next switch, when the
/// hypervisor loads them again, in ring 0, and the loads fault.
/// The faults must not be the hypervisor's end: the guest finds the selectors as they were, or null, and then its failsafe callback has told it so.
/// </summary>
internal static class SelectorsLost
{
    private const ulong Data = 0x00cf_f300_0000_ffff;

    internal static void Run()
    {
        ulong callbacks = Traps.FailsafeCount;
        ulong page = Frames.Take();
        Frames.Words(page)[3] = Data;
        Frames.Protect(page);
        ulong list = Frames.Of(page);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetGdt, Hypercalls.AddressOf(in list), 512), "a GDT"u8);
        // mov ds, edi; mov es, edi; mov fs, edi; mov gs, edi; ret
        Verdict.Expect(Probe.Code([0x8e, 0xdf, 0x8e, 0xc7, 0x8e, 0xe7, 0x8e, 0xef, 0xc3], 0x1b), "loading selectors"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetGdt, 0, 0), "no GDT"u8);
        ulong end = Clock.Now + 50_000_000;
        while (Clock.Now < end)
            Hypercalls.Yield();
        // mov eax, ds; mov ecx, es; or eax, ecx; mov ecx, fs; or eax, ecx; mov ecx, gs; or eax, ecx; ret
        Verdict.Expect(
            Probe.Code([0x8c, 0xd8, 0x8c, 0xc1, 0x09, 0xc8, 0x8c, 0xe1, 0x09, 0xc8, 0x8c, 0xe9, 0x09, 0xc8, 0xc3], 0, 0, out ulong selectors),
            "reading selectors"u8);
        // Whether somebody else had a turn is not this guest's to say.
        bool told = Traps.FailsafeCount == callbacks + 1;
        Verdict.Expect((told ? 0ul : 0x1b) == selectors, "the selectors are others now"u8);
        foreach (ulong lost in Traps.LostSelectors)
            Verdict.Expect(!told || lost == 0x1b, "the failsafe callback tells of other selectors"u8);
        Verdict.Expect(Probe.Code([0x8e, 0xdf, 0x8e, 0xc7, 0x8e, 0xe7, 0x8e, 0xef, 0xc3], 0), "loading null selectors"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "the page writable again"u8);
    }
}
