using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Linux stores into its live L1 tables with ordinary instructions and expects the hypervisor to do it: mov, xchg, cmpxchg, and of a single
/// byte. Each must be done as one step on the whole entry and leave what the instruction would leave: the old value, the flags.
/// </summary>
internal static unsafe class EmulatedWrites
{
    private const int Slot = 3;

    internal static void Run()
    {
        Hypercalls.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables);
        ulong table = Frames.TakeProtected();
        ulong place = table + (Slot * 8);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(table), 1), "the pin"u8);
        ulong first = Entries.Make(Frames.Of(Frames.Take()), Entries.ReadWrite);
        ulong second = Entries.Make(Frames.Of(Frames.Take()), Entries.ReadOnly);

        Verdict.Expect(Probe.Store(place, first) && *(ulong*)place == first, "mov"u8);
        // xchg [rdi], rsi; mov rax, rsi; ret
        Verdict.Expect(Probe.Code([0x48, 0x87, 0x37, 0x48, 0x89, 0xf0, 0xc3], place, second, out ulong old), "xchg trapped"u8);
        Verdict.Expect(old == first && *(ulong*)place == second, "xchg"u8);
        // xor eax, eax; lock cmpxchg [rdi], rsi; ret
        Verdict.Expect(Probe.Code([0x31, 0xc0, 0xf0, 0x48, 0x0f, 0xb1, 0x37, 0xc3], place, first, out old), "cmpxchg trapped"u8);
        Verdict.Expect(old == second && *(ulong*)place == second, "cmpxchg with another value"u8);
        // mov rax, [rdi]; lock cmpxchg [rdi], rsi; setz al; movzx eax, al; ret
        Verdict.Expect(
            Probe.Code([0x48, 0x8b, 0x07, 0xf0, 0x48, 0x0f, 0xb1, 0x37, 0x0f, 0x94, 0xc0, 0x0f, 0xb6, 0xc0, 0xc3], place, first, out old),
            "cmpxchg trapped"u8);
        Verdict.Expect(old == 1 && *(ulong*)place == first, "cmpxchg with the same value"u8);
        // lock and byte [rdi], 0xfd; ret: how fork takes the right to write away
        Verdict.Expect(Probe.Code([0xf0, 0x80, 0x27, 0xfd, 0xc3], place, 0, out _), "and trapped"u8);
        Verdict.Expect(*(ulong*)place == (first & ~Entries.Writable), "and of a byte"u8);
        Verdict.Expect(Probe.Store(place, 0) && *(ulong*)place == 0, "mov of nothing"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(table)), "the unpin"u8);
    }
}
