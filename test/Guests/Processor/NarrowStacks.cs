using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// An iretq to a stack segment of 16 bits loads SP alone: bits 16 to 31 of the guest's ESP are then those of the hypervisor's own stack pointer.
/// An application that loads such a segment, goes into the hypervisor and comes back must find the ESP that it had.
/// </summary>
internal static class NarrowStacks
{
    private const ulong Data = 0x00cf_f300_0000_ffff, DefaultBit = 1ul << 54, ReadOnly = 0x008f_f100_0000_ffff;
    private const int Entry = 3;
    private const ulong Selector = (Entry << 3) | 3;
    private const uint Stack = 0x1234_5678;

    internal static void Run()
    {
        ulong page = Frames.Take();
        Frames.Words(page)[Entry] = Data & ~DefaultBit;
        Frames.Words(page)[Entry + 1] = ReadOnly;
        Frames.Protect(page);
        ulong list = Frames.Of(page);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetGdt, Hypercalls.AddressOf(in list), 512), "a GDT with a 16-bit stack"u8);
        // mov ss, edi; mov esp, Stack; ud2 "xen" cpuid; ud2
        UserMode.Load([0x8e, 0xd7, 0xbc, 0x78, 0x56, 0x34, 0x12, 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2, 0x0f, 0x0b]);
        UserMode.Enter(UserMode.CodeAddress, UserMode.MaskedFlags, FlatSelectors.UserCode32, Selector);
        Verdict.ExpectResult((long)Traps.Last.Vector, 6, "an application with a stack of its own"u8);
        Verdict.Expect(Traps.Last.Rip == UserMode.CodeAddress + 14, "it ended somewhere else"u8);
        Verdict.ExpectResult((long)Traps.Last.Rsp, Stack, "its stack pointer"u8);
        Verdict.Expect(Frames.Words(page)[Entry + 1] == ReadOnly, "what can be no stack was changed"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetGdt, 0, 0), "no GDT"u8);
        Verdict.ExpectDone(Frames.Unprotect(page), "the page writable again"u8);
    }
}
