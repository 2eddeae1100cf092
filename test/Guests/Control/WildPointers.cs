using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// Every hypercall takes a pointer from somebody who may be lying. Null, the hypervisor's range, addresses that are not canonical, the end of the
/// address space, a record whose second half is not there: the answer is EFAULT, and nobody's memory is touched.
/// </summary>
internal static class WildPointers
{
    internal static void Run()
    {
        // The page before stays mapped, so that a record can end in nothing.
        Frames.Take();
        ulong next = Frames.Take();
        Verdict.ExpectDone(Mmu.Map(next, 0), "unmapping a page"u8);
        ulong readOnly = Frames.TakeProtected();
        foreach (ulong address in (ReadOnlySpan<ulong>)
            [0x8, 0xffff_8000_0000_0000, 0xffff_8300_0000_0000, 0xffff_87ff_ffff_fff8, 0x8000_0000_0000, 0x8000_0000_0000_0000, ulong.MaxValue,
                0xffff_ffff_ffff_fff9, 0x7fff_ffff_ffff, 0xffff_7fff_ffff_ffff, next, next - 1])
            Try(address);
        foreach (uint command in (ReadOnlySpan<uint>)[1, 2, 3, 4, 5])
        {
            Verdict.ExpectError(Hypercalls.Call(Hypercall.XenVersion, command, readOnly), Errno.Fault, "xen_version into a read-only page"u8);
            Verdict.ExpectError(Hypercalls.Call(Hypercall.XenVersion, command, next - 4), Errno.Fault, "xen_version over the end of a page"u8);
        }
    }

    private static void Try(ulong address)
    {
        Fault(Hypercall.SetTrapTable, address);
        Fault(Hypercall.MmuUpdate, address, 1, 0, DomainIds.Self);
        Fault(Hypercall.MmuExtendedOp, address, 1, 0, DomainIds.Self);
        Fault(Hypercall.SetGdt, address, 512);
        Fault(Hypercall.Multicall, address, 1);
        foreach (ulong command in (ReadOnlySpan<ulong>)[1, 2, 3, 4, 5, 6, 8])
            Fault(Hypercall.XenVersion, command, address);
        foreach (ulong command in (ReadOnlySpan<ulong>)[0, 1, 3, 4, 5, 6, 9, 11, 12, 14])
            Fault(Hypercall.MemoryOp, command, address);
        foreach (ulong command in (ReadOnlySpan<ulong>)[4, 5, 6, 8, 10, 13])
            Fault(Hypercall.VcpuOp, command, 0, address);
        foreach (ulong command in (ReadOnlySpan<ulong>)[2, 3, 5])
            Fault(Hypercall.SchedOp, command, address);
        foreach (ulong command in (ReadOnlySpan<ulong>)[0, 1])
            Fault(Hypercall.CallbackOp, command, address);
        foreach (ulong command in (ReadOnlySpan<ulong>)[0, 1, 3, 4, 5, 6, 7, 8, 9, 10])
            Fault(Hypercall.EventChannelOp, command, address);
        Fault(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, address);
        if (!Guest.IsInitial)
            return;
        Fault(Hypercall.PlatformOp, address);
        Fault(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, 16, address);
    }

    private static void Fault(Hypercall call, ulong first, ulong second = 0, ulong third = 0, ulong fourth = 0)
    {
        long result = Hypercalls.Call(call, first, second, third, fourth);
        if (result == -(long)Errno.Fault)
            return;
        Verdict.ExpectResult((long)call, -1, "a hypercall with a wild pointer"u8);
        Verdict.ExpectError(result, Errno.Fault, "its first argument or command and the answer"u8);
    }
}
