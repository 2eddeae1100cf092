using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// The bases of FS and GS are 64-bit registers that fault in ring 0 when they are not canonical, and each guest has two of GS, one for each mode.
/// Swapped once too often, an application finds its kernel's.
/// Bases must be refused if not canonical, and each mode must find its own. Who writes them by instruction, having asked for that in CR4, must keep
/// what it wrote, and be alone in having asked.
/// </summary>
internal static unsafe class FsAndGs
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        *(ulong*)page = 0x6e1;
        foreach (uint which in (ReadOnlySpan<uint>)[0, 1, 2])
        {
            Verdict.ExpectError(Set(which, 0x8000_0000_0000), Errno.Inval, "a base behind the lower half"u8);
            Verdict.ExpectError(Set(which, 0x8000_0000_0000_0000), Errno.Inval, "a base of one bit"u8);
            Verdict.ExpectDone(Set(which, 0xffff_8300_0000_0000), "a base in the hypervisor"u8);
        }

        Verdict.ExpectError(Set(4, 0), Errno.Inval, "base number 4"u8);
        Verdict.ExpectError(Set(uint.MaxValue, 0), Errno.Inval, "base number 2^32 - 1"u8);
        Verdict.ExpectDone(Set((uint)SegmentBase.GsUserSelector, 0xfff8), "a user selector that there is not"u8);
        Verdict.ExpectDone(Set((uint)SegmentBase.GsKernel, page), "the kernel's base"u8);
        Verdict.ExpectDone(Set((uint)SegmentBase.GsUser, UserMode.CodeAddress + 64), "the applications' base"u8);
        ReadOnlySpan<byte> load = [0x65, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0xc3];
        Verdict.Expect(Probe.Code(load, 0, 0, out ulong word) && word == 0x6e1, "the kernel's base is not in use"u8);
        Verdict.ExpectTrap(Probe.Try(ProbeCode.Load, 0xffff_8300_0000_0000), 14, "a fault between"u8);
        TryUser();
        Verdict.Expect(Probe.Code(load, 0, 0, out word) && word == 0x6e1, "the kernel's base after its application"u8);
        Verdict.Expect(Probe.Try(ProbeCode.ReadMsr, 0xc000_0101, 0, out word) && word == page, "rdmsr of the GS base"u8);
        Verdict.Expect(Probe.Try(ProbeCode.ReadMsr, 0xc000_0102, 0, out word) && word == UserMode.CodeAddress + 64, "rdmsr of the other"u8);
        ByInstruction(page);
    }

    private static void ByInstruction(ulong page)
    {
        const ulong withBases = 0x1_0660, without = 0x660, kernels = 0x1111_0000, applications = 0x2222_0000;
        // mov cr4, rdi; mov rax, cr4; ret
        ReadOnlySpan<byte> control = [0x0f, 0x22, 0xe7, 0x0f, 0x20, 0xe0, 0xc3];
        Verdict.Expect(Probe.Code(control, withBases, 0, out ulong value), "a write to CR4"u8);
        if ((value & withBases & ~without) == 0)
            return;
        // wrfsbase rdi; wrgsbase rsi; ret
        Verdict.Expect(Probe.Code([0xf3, 0x48, 0x0f, 0xae, 0xd7, 0xf3, 0x48, 0x0f, 0xae, 0xde, 0xc3], kernels, page), "bases by instruction"u8);
        // mov eax, applications; wrgsbase rax; syscall
        UserMode.Run([0xb8, 0, 0, 0x22, 0x22, 0xf3, 0x48, 0x0f, 0xae, 0xd8, 0x0f, 0x05]);
        Verdict.ExpectResult((long)Traps.Last.Vector, Traps.SyscallVector, "an application's own base"u8);
        Hypercalls.Yield();
        // rdfsbase rax; ret, and rdgsbase rax; ret
        Verdict.Expect(Probe.Code([0xf3, 0x48, 0x0f, 0xae, 0xc0, 0xc3], 0, 0, out value) && value == kernels, "the FS base was lost"u8);
        Verdict.Expect(Probe.Code([0xf3, 0x48, 0x0f, 0xae, 0xc8, 0xc3], 0, 0, out value) && value == page, "the kernel's GS base was lost"u8);
        Verdict.Expect(
            Probe.Try(ProbeCode.ReadMsr, 0xc000_0102, 0, out value) && value == applications, "the applications' GS base by rdmsr"u8);
        // rdgsbase rax; syscall
        UserMode.Run([0xf3, 0x48, 0x0f, 0xae, 0xc8, 0x0f, 0x05]);
        Verdict.ExpectResult((long)Traps.Last.Rax, (long)applications, "the applications' GS base was lost"u8);
        Probe.Code(control, without);
        Verdict.ExpectTrap(Probe.Code([0xf3, 0x48, 0x0f, 0xae, 0xc0, 0xc3]), 6, "rdfsbase without CR4.FSGSBASE"u8);
    }

    // mov rax, gs:[0]; syscall, and 64 bytes into the page the word that it must find
    private static void TryUser()
    {
        Span<byte> code = stackalloc byte[72];
        code.Clear();
        ((ReadOnlySpan<byte>)[0x65, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x0f, 0x05]).CopyTo(code);
        code[64] = 0x77;
        UserMode.Run(code);
        Verdict.ExpectResult((long)Traps.Last.Vector, Traps.SyscallVector, "an application's use of GS"u8);
        Verdict.ExpectResult((long)Traps.Last.Rax, 0x77, "what it found there"u8);
    }

    private static long Set(uint which, ulong value) => Hypercalls.Call(Hypercall.SetSegmentBase, which, value);
}
