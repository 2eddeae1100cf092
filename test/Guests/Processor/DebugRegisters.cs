using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// A breakpoint register takes any address, the hypervisor's code included: the debug exception then comes in ring 0, on whatever stack is there.
/// Addresses of the hypervisor and what the guest may not set must be refused; a good breakpoint must come to its owner.
/// </summary>
internal static class DebugRegisters
{
    internal static void Run()
    {
        foreach (ulong register in (ReadOnlySpan<ulong>)[0, 1, 2, 3])
        {
            Verdict.ExpectError(Set(register, 0xffff_8300_0000_0000), Errno.Perm, "a breakpoint in the hypervisor"u8);
            Verdict.ExpectError(Set(register, 0xffff_87ff_ffff_ffff), Errno.Perm, "a breakpoint at the hypervisor's end"u8);
            Verdict.Expect(Set(register, 0x8000_0000_0000) < 0, "a breakpoint that is not canonical"u8);
            Verdict.ExpectDone(Set(register, 0x1234), "a breakpoint"u8);
            Verdict.ExpectResult(Get(register), 0x1234, "reading it back"u8);
        }

        Verdict.Expect(Set(7, 1 << 13) < 0, "the bit GD"u8);
        Verdict.Expect(Set(8, 0) < 0 && Set(uint.MaxValue, 0) < 0, "registers that there are not"u8);
        Verdict.ExpectError(Get(8), Errno.NoDev, "reading a register that there is not"u8);
        ulong page = Frames.Take();
        Verdict.ExpectDone(Set(0, page), "a breakpoint on data"u8);
        const ulong writesOfEight = 0x9_0000 | 0x2;
        Verdict.ExpectDone(Set(7, writesOfEight), "its control"u8);
        Verdict.ExpectTrap(Probe.Store(page, 1), 1, "a store to the data"u8);
        Verdict.Expect((Get(6) & 1) == 1, "the status does not tell which"u8);
        // The hypervisor's own access for the guest must not be stopped by it.
        Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.ClearPage, Frames.Of(page)), "clear_page of the data"u8);
        Verdict.ExpectDone(Set(7, 0), "no breakpoints"u8);
        for (ulong register = 0; register < 4; register++)
            Set(register, 0);
    }

    private static long Set(ulong register, ulong value) => Hypercalls.Call(Hypercall.SetDebugRegister, register, value);

    private static long Get(ulong register) => Hypercalls.Call(Hypercall.GetDebugRegister, register);
}
