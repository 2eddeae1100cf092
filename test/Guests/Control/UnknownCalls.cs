using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// The number of a hypercall is an index into a table, or into a switch. Numbers that mean nothing, at every edge, must be answered with ENOSYS, by
/// the instruction and by the hypercall page.
/// </summary>
internal static class UnknownCalls
{
    internal static void Run()
    {
        ReadOnlySpan<uint> numbers = [6, 11, 16, 19, 27, 28, 31, 34, 38, 39, 41, 42, 43, 47, 56, 63, 64, 255, 256, 0x7fff_ffff, uint.MaxValue];
        foreach (uint number in numbers)
            Verdict.ExpectError(Hypercalls.Call((Hypercall)number, 1, 2, 3, 4, 5), Errno.NoSys, "a hypercall that there is not"u8);
        Verdict.ExpectError(Hypercalls.CallByPage((Hypercall)63), Errno.NoSys, "one through the page"u8);
        Verdict.ExpectResult(Hypercalls.CallByPage(Hypercall.XenVersion), 0x4_0011, "xen_version through the page"u8);
        // mov rax, (1 << 32) | 17; xor edi, edi; syscall; ret
        Verdict.Expect(
            Probe.Code([0x48, 0xb8, 17, 0, 0, 0, 1, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05, 0xc3], 0, 0, out ulong result) && result == 0x4_0011,
            "the upper half of RAX counts"u8);
        ulong page = Frames.Take();
        foreach (uint command in (ReadOnlySpan<uint>)[8, 15, 20, 25, 26, 27, 28, 40, 63])
            Verdict.Expect(Hypercalls.Call(Hypercall.MemoryOp, command, page) < 0, "a memory_op that there is not"u8);
        foreach (uint command in (ReadOnlySpan<uint>)[2, 99, uint.MaxValue])
            Verdict.ExpectError(Hypercalls.Call(Hypercall.VmAssist, command, 0), Errno.NoSys, "a vm_assist that there is not"u8);
        foreach (uint type in (ReadOnlySpan<uint>)[6, 31, 33, 63, 64, uint.MaxValue])
            Verdict.ExpectError(Hypercalls.Call(Hypercall.VmAssist, 0, type), Errno.Inval, "an assist that there is not"u8);
        foreach (uint command in (ReadOnlySpan<uint>)[11, 99, uint.MaxValue])
            Verdict.ExpectError(Hypercalls.Call(Hypercall.XenVersion, command, page), Errno.NoSys, "a xen_version that there is not"u8);
        Verdict.Expect(Hypercalls.Call(Hypercall.PhysdevOp, uint.MaxValue, page) < 0, "a physdev_op that there is not"u8);
        Verdict.Expect(Hypercalls.Call(Hypercall.PlatformOp, page) < 0, "a platform_op of another version"u8);
    }
}
