using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// Addresses are numbers that wrap. An instruction in the last two bytes ends at address 0; a hypervisor that steps RIP back or forth with checked
/// arithmetic stops there, with every other domain.
/// System calls, software interrupts and continued calls at the very end must behave as anywhere else.
/// </summary>
internal static unsafe class TopOfAddressSpace
{
    private const ulong LastPage = 0xffff_ffff_ffff_f000;

    internal static void Run()
    {
        ulong code = Frames.Take();
        MapLastPage(code);
        byte* end = (byte*)(code + Frames.PageBytes);
        (end[-2], end[-1]) = (0xcd, 0x83);
        Try(LastPage + 4094, 13, LastPage + 4094, "int 0x83 without a handler"u8);
        (end[-2], end[-1]) = (0xcd, 0x80);
        Traps.Set(0x80, 0x1000);
        Try(LastPage + 4094, 13, LastPage + 4094, "int 0x80 that is refused"u8);
        Traps.Set(0x80, Traps.Stub(Traps.SpareVector), (TrapInfoFlags)3);
        Try(LastPage + 4094, Traps.SpareVector, 0, "int 0x80"u8);
        (end[-2], end[-1]) = (0x0f, 0x05);
        Try(LastPage + 4094, 14, 0, "a hypercall"u8);
        // mov eax, 13; syscall: a multicall that is too long for one turn
        (end[-7], end[-6], end[-5], end[-4], end[-3]) = (0xb8, 13, 0, 0, 0);
        ulong batch = Frames.Take();
        FillBatch(batch);
        Verdict.ExpectTrap(Probe.At(LastPage + 4089, batch, 200, out _), 14, "a multicall"u8);
        // Nothing is tried at the very last byte: QEMU 7.2 takes that address for none and stops.
        (end[-2], end[-1]) = (0x0f, 0x0b);
        Try(LastPage + 4094, 6, LastPage + 4094, "ud2"u8);
    }

    private static void Try(ulong address, ulong vector, ulong rip, ReadOnlySpan<byte> what)
    {
        Verdict.ExpectTrap(Probe.At(address, 0, 0, out _), vector, what);
        Verdict.Expect(Traps.Last.Rip == rip, what);
    }

    // Pages of the pool that are taken one after the other lie one behind the other.
    private static void FillBatch(ulong batch)
    {
        ulong next = batch;
        for (int page = 0; page < 4; page++, next = Frames.Take())
        {
            for (int entry = 0; entry < 64; entry++)
                Frames.Words(next)[entry * 8] = (ulong)Hypercall.XenVersion;
        }
    }

    private static void MapLastPage(ulong code)
    {
        ulong level1 = Frames.Take(), level2 = Frames.Take();
        Frames.Words(level1)[511] = Entries.Make(Frames.Of(code), Entries.ReadWrite);
        Frames.Words(level2)[511] = Entries.Make(Frames.Of(level1), Entries.Table);
        Frames.Protect(level1);
        Frames.Protect(level2);
        Verdict.ExpectDone(
            Mmu.Update(Entries.TableFrame(code, 3), 511, Entries.Make(Frames.Of(level2), Entries.Table)), "mapping the last page"u8);
    }
}
