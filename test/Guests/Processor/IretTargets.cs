using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// HYPERVISOR_iret loads what the guest wrote: selectors, flags, an address. The processor checks them in ring 0, at the hypervisor's own iretq,
/// where a fault is a bug of the hypervisor's unless it was foreseen.
/// Whatever the context holds, the guest gets a fault of its own at that place, and the machine goes on.
/// </summary>
internal static unsafe class IretTargets
{
    // Present, of privilege 3; long code that does not conform; data that can be written.
    private const ulong CodeMask = 0x20_fc00, Code = 0x20_f800, DataMask = 0xfa00, Data = 0xf200;

    internal static void Run()
    {
        ulong page = Frames.Take();
        ulong target = Frames.Take();
        *(ushort*)target = 0x0b0f;
        Context(page) = Good(page, target);
        Verdict.ExpectTrap(Probe.Iret(page), 6, "a good context, to ud2"u8);
        Verdict.Expect(Traps.Last.Rip == target && Traps.Last.Rcx == 0x1c && Traps.Last.R11 == 0x11 && Traps.Last.Rax == 0xa,
            "the registers of a context"u8);
        foreach (ulong rip in (ReadOnlySpan<ulong>)[0x8000_0000_0000, 0x8000_0000_0000_0000, 0xffff_7fff_ffff_ffff, 0xffff_8300_0000_0000, 0])
        {
            Context(page) = Good(page, target);
            Context(page).Rip = rip;
            Verdict.Expect(!Probe.Iret(page) && Traps.Last.Vector is 13 or 14, "a bad address"u8);
        }

        // 0xe020 is left out: 32-bit code of the kernel loses half its stack pointer, and with it its life.
        for (ulong selector = 0xe000; selector < 0xf000; selector += selector == 0xe018 ? 16ul : 8)
            TrySelectors(page, target, selector);
        for (ulong selector = 0; selector < 0x1_0000; selector += 0x3fc)
            TrySelectors(page, target, selector & ~3ul);
    }

    private static void TrySelectors(ulong page, ulong target, ulong selector)
    {
        ulong rights = RightsOf(selector);
        Context(page) = Good(page, target);
        Context(page).Cs = selector;
        Verdict.Expect(!Probe.Iret(page), "a code selector"u8);
        bool refused = Traps.Last.Vector is 10 or 11 or 13;
        Verdict.Expect((rights & CodeMask) == Code ? IsAt(target) : refused, "what is no code was loaded, or code was not"u8);
        Context(page) = Good(page, target);
        Context(page).Ss = selector;
        Verdict.Expect(!Probe.Iret(page), "a stack selector"u8);
        refused = Traps.Last.Vector is 10 or 11 or 12 or 13;
        Verdict.Expect((rights & DataMask) == Data ? IsAt(target) : refused, "what is no stack was loaded, or a stack was not"u8);
    }

    private static bool IsAt(ulong target) => Traps.Last.Vector == 6 && Traps.Last.Rip == target;

    /// <summary>What the processor says of a descriptor to privilege 3, as LAR reads it; 0 where there is none to see.</summary>
    private static ulong RightsOf(ulong selector)
    {
        // xor eax, eax; lar eax, edi; ret
        Probe.Code([0x31, 0xc0, 0x0f, 0x02, 0xc7, 0xc3], selector | 3, 0, out ulong rights);
        return rights;
    }

    private static ref IretContext Context(ulong page) => ref *(IretContext*)page;

    private static IretContext Good(ulong page, ulong target)
    {
        IretContext context = default;
        context.Rax = 0xa;
        context.R11 = 0x11;
        context.Rcx = 0x1c;
        context.Rip = target;
        context.Cs = FlatSelectors.KernelCode & ~3ul;
        context.Rflags = UserMode.MaskedFlags;
        context.Rsp = page + Frames.PageBytes;
        context.Ss = FlatSelectors.KernelStack;
        return context;
    }
}
