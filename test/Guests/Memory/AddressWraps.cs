using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Between a guest's number and a pointer there is a multiplication and a sum. 2^61 entries of eight bytes are none; a base just below 2^64 plus
/// a little is address 0, which a kernel may have mapped.
/// Counts and lists whose sum wraps must give an error and write nowhere.
/// </summary>
internal static class AddressWraps
{
    internal static void Run()
    {
        uint done = 0;
        ulong address = Hypercalls.AddressOf(in done);
        foreach (ulong place in (ReadOnlySpan<ulong>)[ulong.MaxValue - 7, ulong.MaxValue - 15, 0xffff_ffff_ffff_f000 + 4080, 0x7fff_ffff_fff8])
        {
            Verdict.ExpectError(Hypercalls.Call(Hypercall.MmuUpdate, place, 3, address, DomainIds.Self), Errno.Fault, "mmu_update"u8);
            Verdict.ExpectError(Hypercalls.Call(Hypercall.MmuExtendedOp, place, 3, address, DomainIds.Self), Errno.Fault, "mmuext_op"u8);
            Verdict.ExpectError(Hypercalls.Call(Hypercall.Multicall, place, 3), Errno.Fault, "multicall"u8);
            Verdict.ExpectError(Hypercalls.Call(Hypercall.SetTrapTable, place), Errno.Fault, "set_trap_table"u8);
            Verdict.ExpectError(Hypercalls.Call(Hypercall.SetGdt, place, 1024), Errno.Fault, "set_gdt"u8);
        }

        ulong request = Frames.Take();
        Verdict.ExpectDone(
            Hypercalls.Call(Hypercall.MmuUpdate, request, 0x8000_0000, 0xffff_8300_0000_0000, DomainIds.Self),
            "a continued update whose count cannot be told"u8);
        Verdict.Expect(Hypercalls.Call(Hypercall.MmuUpdate, request, 0x7fff_ffff, 0, DomainIds.Self) < 0, "2^31 - 1 requests"u8);
        Verdict.Expect(Hypercalls.Call(Hypercall.MmuExtendedOp, request, 0x7fff_ffff, 0, DomainIds.Self) < 0, "2^31 - 1 operations"u8);
    }
}
