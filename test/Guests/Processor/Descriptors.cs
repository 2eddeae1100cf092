using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// The processor believes descriptors. A call gate to ring 0, a task gate, a code segment of ring 0: any of them in a guest's table is the machine.
/// Each present descriptor that is not a plain code or data segment must be refused, by set_gdt for the whole page and by update_descriptor for
/// one; what is of a lower ring is raised to ring 3; and the page must not be writable meanwhile.
/// </summary>
internal static unsafe class Descriptors
{
    private const ulong Code64 = 0x00af_fb00_0000_ffff, Data = 0x00cf_f300_0000_ffff, RingMask = 0x0000_6000_0000_0000;

    internal static void Run()
    {
        ulong page = Frames.Take();
        ulong frame = Frames.Of(page);
        ulong list = frame;
        ulong address = Hypercalls.AddressOf(in list);
        Frames.Words(page)[2] = Code64 & ~RingMask;
        Frames.Words(page)[3] = Data;
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SetGdt, address, 512), Errno.Inval, "a GDT that is writable"u8);
        Frames.Protect(page);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetGdt, address, 512), "a good GDT"u8);
        Verdict.Expect((Frames.Words(page)[2] & RingMask) == RingMask, "a code segment of ring 0 was left there"u8);
        Verdict.ExpectError(Frames.Unprotect(page), Errno.Inval, "the GDT writable"u8);
        Verdict.ExpectTrap(Probe.Store(page, 0), 14, "a store into the GDT"u8);
        // mov fs, edi; mov eax, fs; ret
        Verdict.Expect(Probe.Code([0x8e, 0xe7, 0x8c, 0xe0, 0xc3], 0x1b, 0, out ulong selector) && selector == 0x1b, "using a descriptor"u8);
        TryGates(page, frame);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SetGdt, address, 7169), Errno.Inval, "a GDT of 7169 entries"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SetGdt, address, uint.MaxValue), Errno.Inval, "a GDT of 2^32 - 1 entries"u8);
        Probe.Code([0x8e, 0xe7, 0xc3], 0);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetGdt, 0, 0), "no GDT"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "the page writable again"u8);
        Verdict.ExpectTrap(Probe.Code([0x8e, 0xe7, 0xc3], 0x1b), 13, "a selector of the old GDT"u8);
    }

    private static void TryGates(ulong page, ulong frame)
    {
        const ulong place = 7 * 8;
        for (ulong type = 0; type < 16; type++)
        {
            ulong system = 0x0000_8000_0008_0000 | (type << 40);
            Verdict.ExpectError(Update((frame << 12) + place, system), Errno.Inval, "a gate or another system descriptor"u8);
            Verdict.ExpectDone(Update((frame << 12) + place, system & ~0x0000_8000_0000_0000ul), "one that is not present"u8);
            ulong fresh = Frames.Take();
            Frames.Words(fresh)[5] = system | RingMask;
            Frames.Protect(fresh);
            ulong list = Frames.Of(fresh);
            Verdict.ExpectError(Hypercalls.Call(Hypercall.SetGdt, Hypercalls.AddressOf(in list), 8), Errno.Inval, "a GDT with a gate"u8);
        }

        Verdict.ExpectError(Update((frame << 12) + place, Code64 | (1ul << 42)), Errno.Inval, "a conforming code segment"u8);
        Verdict.ExpectError(Update((frame << 12) + place + 4, Data), Errno.Inval, "a descriptor across two"u8);
        Verdict.ExpectDone(Update((frame << 12) + place, Data & ~RingMask), "a data segment of ring 0"u8);
        Verdict.Expect((Frames.Words(page)[7] & RingMask) == RingMask, "it was not raised to ring 3"u8);
        ulong root = Entries.TableFrame(page, 1);
        Verdict.ExpectError(Update(root << 12, Data), Errno.Inval, "a descriptor into a page table"u8);
        Verdict.ExpectError(Update(0x20_0000, Data), Errno.Inval, "a descriptor into the hypervisor"u8);
        ulong ordinary = Frames.Take();
        Verdict.ExpectDone(Update(Frames.Of(ordinary) << 12, Data), "a descriptor into ordinary memory"u8);
        Verdict.Expect(*(ulong*)ordinary == Data, "it was not written"u8);
    }

    private static long Update(ulong address, ulong descriptor) => Hypercalls.Call(Hypercall.UpdateDescriptor, address, descriptor);
}
