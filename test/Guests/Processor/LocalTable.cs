using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// The LDT lies in the guest's memory and its pages are shown to the processor when they are first used, in the middle of a load of a selector or
/// of an iret. What the page holds must be checked then, and it must stay read-only as long as it is shown.
/// </summary>
internal static class LocalTable
{
    private const ulong Data = 0x00cf_f300_0000_ffff, Gate = 0x0000_ec00_0008_0000;
    private const ulong Code64 = 0x00af_fb00_0000_ffff;
    private const ulong Selector = (5 << 3) | 7, CodeSelector = (9 << 3) | 7;

    internal static void Run()
    {
        ulong page = Frames.Take();
        Frames.Words(page)[5] = Data;
        Frames.Words(page)[9] = Code64;
        ReadOnlySpan<byte> load = [0x8e, 0xe7, 0x8c, 0xe0, 0xc3];
        Verdict.ExpectTrap(Probe.Code(load, Selector), 13, "a selector without an LDT"u8);
        Verdict.ExpectError(Set(page + 8, 512), Errno.Inval, "an LDT that begins inside of a page"u8);
        Verdict.ExpectError(Set(page, 8193), Errno.Inval, "an LDT of 8193 entries"u8);
        Verdict.ExpectError(Set(0x8000_0000_0000, 512), Errno.Inval, "an LDT at an address that is not canonical"u8);
        Verdict.ExpectError(Set(0xffff_8300_0000_0000, 512), Errno.Inval, "an LDT in the hypervisor"u8);
        Verdict.ExpectDone(Set(page, 512), "an LDT"u8);
        Verdict.Expect(!Probe.Code(load, Selector), "an LDT that is writable was used"u8);
        Frames.Protect(page);
        Verdict.Expect(Probe.Code(load, Selector, 0, out ulong selector) && selector == Selector, "using the LDT"u8);
        Verdict.ExpectError(Frames.Unprotect(page), Errno.Inval, "the LDT writable while it is shown"u8);
        Verdict.ExpectTrap(Probe.Code(load, (511 << 3) | 7), 13, "an empty entry"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.UpdateDescriptor, (Frames.Of(page) << 12) + 48, Data), "an update of an entry"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.UpdateDescriptor, (Frames.Of(page) << 12) + 48, Gate), Errno.Inval, "a gate"u8);
        Probe.Code(load, 0);
        Verdict.ExpectDone(Set(0, 0), "no LDT"u8);
        TryIret(page);
        Set(0, 0);
        TryCall(page);
        Set(0, 0);
        Verdict.ExpectDone(Frames.Unprotect(page), "the page writable again"u8);
        Verdict.ExpectTrap(Probe.Code(load, Selector), 13, "a selector of the old LDT"u8);
        Frames.Words(page)[6] = Gate;
        Frames.Protect(page);
        Verdict.ExpectDone(Set(page, 512), "an LDT with a gate in it"u8);
        Verdict.Expect(!Probe.Code(load, Selector), "an LDT with a gate in it was used"u8);
        Verdict.ExpectDone(Set(0xdead_0000, 512), "an LDT where nothing is mapped"u8);
        Verdict.Expect(!Probe.Code(load, Selector), "an LDT where nothing is mapped was used"u8);
        Set(0, 0);
    }

    // The page is first used by the hypervisor's own iretq, which must show it and try again.
    private static void TryIret(ulong page)
    {
        Verdict.ExpectDone(Set(page, 512), "the LDT anew"u8);
        UserMode.Load([0x0f, 0x0b]);
        UserMode.Enter(UserMode.CodeAddress, UserMode.MaskedFlags, CodeSelector);
        Verdict.ExpectResult((long)Traps.Last.Vector, 6, "an application with a code segment of the LDT"u8);
        Verdict.Expect((Traps.Last.Cs & 0xffff) == CodeSelector, "it ran with another code segment"u8);
        UserMode.Enter(UserMode.CodeAddress, UserMode.MaskedFlags, CodeSelector + 8);
        Verdict.Expect(Traps.Last.Vector is 11 or 13, "an application with an empty descriptor"u8);
    }

    // And by a load that the hypervisor does for its guest.
    private static void TryCall(ulong page)
    {
        Verdict.ExpectDone(Set(page, 512), "the LDT once more"u8);
        Verdict.ExpectDone(SetUserSelector(Selector), "the applications' GS in the LDT"u8);
        // mov eax, gs; ret
        Verdict.Expect(Probe.Code([0x8c, 0xe8, 0xc3], 0, 0, out ulong selector) && selector == Selector, "the applications' GS is another"u8);
        Verdict.ExpectDone(SetUserSelector(0), "no GS for applications"u8);
    }

    private static long SetUserSelector(ulong selector)
        => Hypercalls.Call(Hypercall.SetSegmentBase, (ulong)SegmentBase.GsUserSelector, selector);

    private static long Set(ulong address, ulong entries) => Mmu.Extended(MmuExtendedCommand.SetLdt, address, entries);
}
