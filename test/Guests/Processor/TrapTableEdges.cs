using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// The table of handlers is read from the guest until an entry without an address. A table without such an end is read for ever; an address that
/// is not canonical faults in ring 0 when it is used, long after.
/// </summary>
internal static class TrapTableEdges
{
    internal static void Run()
    {
        Verdict.ExpectError(Traps.Set(0x90, 0x8000_0000_0000), Errno.Inval, "a handler behind the lower half"u8);
        Verdict.ExpectError(Traps.Set(0x90, 0x8000_0000_0000_0000), Errno.Inval, "a handler of one bit"u8);
        ulong page = Frames.Take();
        Frames.Words(page + 4096)[0] = 0;
        for (int entry = 0; entry < 256; entry++)
        {
            Frames.Words(page)[entry * 2] = 0x91;
            Frames.Words(page)[(entry * 2) + 1] = 0x1000;
        }

        ulong more = Frames.Take();
        Frames.Words(page).CopyTo(Frames.Words(more));
        Verdict.Expect(Hypercalls.Call(Hypercall.SetTrapTable, page) < 0, "a table of more than 256 entries"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SetTrapTable, 0xffff_8300_0000_0000), Errno.Fault, "a table in the hypervisor"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SetTrapTable, 0x10), Errno.Fault, "a table where nothing is"u8);
        Verdict.ExpectDone(Traps.Set(0x92, Traps.Stub(Traps.SpareVector), (TrapInfoFlags)0xff), "flags of all ones"u8);
        Verdict.ExpectTrap(Probe.Code([0xcd, 0x92, 0xc3]), Traps.SpareVector, "an interrupt with flags of all ones"u8);
        Guest.VcpuInfo.EventUpcallMask = 1;

        foreach (ushort type in (ReadOnlySpan<ushort>)[3, 6, 8, 0xffff])
            Verdict.ExpectError(Traps.SetCallback((CallbackType)type, 0x1000), Errno.NoSys, "a callback that there is not"u8);
        foreach (ushort type in (ReadOnlySpan<ushort>)[0, 1, 2, 4, 5, 7])
            Verdict.ExpectError(Traps.SetCallback((CallbackType)type, 0x8000_0000_0000), Errno.Inval, "a callback that is not canonical"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.CallbackOp, 0, 8), Errno.Fault, "callback_op without a record"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.CallbackOp, 2, page), Errno.NoSys, "callback_op 2"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SetCallbacks, 0x8000_0000_0000, 0, 0), Errno.Inval, "set_callbacks, not canonical"u8);
        Verdict.ExpectDone(
            Hypercalls.Call(
                Hypercall.SetCallbacks, Traps.Stub(Traps.EventVector), Traps.Stub(Traps.FailsafeVector), Traps.Stub(Traps.SyscallVector)),
            "set_callbacks"u8);
        foreach (ulong stack in (ReadOnlySpan<ulong>)[0xffff_8300_0000_0000, 0xffff_8800_0000_0000, 0xffff_8000_0000_0010])
            Verdict.ExpectError(Hypercalls.Call(Hypercall.StackSwitch, 0, stack), Errno.Perm, "a kernel stack in the hypervisor"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.StackSwitch, 0, 0xffff_8800_0000_0040), "a kernel stack just behind it"u8);
    }
}
