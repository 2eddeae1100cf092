using System;

using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// A guest's handlers trust the frame they are given: where, why, in which mode. Each exception of the processor must arrive with the vector, the
/// error code and the address that the manual gives it, the kernel told by clear low bits of CS, and the stack as it was.
/// </summary>
internal static class ExceptionFrames
{
    internal static void Run()
    {
        Try(Probe.Try(ProbeCode.Divide, 1, 0), 0, 0, "divide error"u8);
        Try(Probe.Try(ProbeCode.Breakpoint), 3, 0, "breakpoint"u8);
        Try(Probe.Try(ProbeCode.Undefined), 6, 0, "invalid opcode"u8);
        // mov rax, 0x8000000000000000; mov rax, [rax]: an address that is not canonical
        Try(Probe.Code([0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x48, 0x8b, 0x00, 0xc3]), 13, 0, "general protection"u8);
        Verdict.Expect(Traps.Last.Rip == Probe.CodePage + 10, "general protection at another address"u8);
        // mov ds, edi: a selector that there is not
        Try(Probe.Code([0x8e, 0xdf, 0xc3], 0x1fb), 13, 0x1f8, "a bad selector"u8);
        Try(Probe.Load(0x1234_5678, out _), 14, 0, "page fault of a load"u8);
        Verdict.Expect(Traps.LastAddress == 0x1234_5678, "page fault at another address"u8);
        Try(Probe.Store(0x1234_5678, 1), 14, 2, "page fault of a store"u8);
        Try(Probe.Store(Guest.StartInfo.PageTableBase, 1), 14, 3, "page fault of a store into a read-only page"u8);
        // mov rax, 0x8000000000000000; push qword [rax] by the stack segment: mov rsp, rax; pop rax
        Try(Probe.Code([0x49, 0x89, 0xe0, 0xcc, 0xc3]), 3, 0, "breakpoint in code of ours"u8);
        Verdict.Expect(Traps.Last.Rip == Probe.CodePage + 4, "a breakpoint's frame does not point behind it"u8);
        Verdict.Expect(Traps.Last.Rsp == Traps.Last.R8, "the stack pointer in the frame is not the one there was"u8);
    }

    private static void Try(bool ran, ulong vector, ulong errorCode, ReadOnlySpan<byte> what)
    {
        Verdict.ExpectTrap(ran, vector, what);
        Verdict.ExpectResult((long)Traps.Last.ErrorCode, (long)errorCode, what);
        Verdict.Expect((Traps.Last.Cs & 0xffff) == 0xe030, "the frame does not say that the kernel was interrupted"u8);
        Verdict.Expect((Traps.Last.Cs >> 32 & 0xff) == 1 && (Traps.Last.Rflags & 0x200) == 0, "the frame does not say that events were masked"u8);
        Verdict.Expect((Traps.Last.Rflags & 0x3000) == 0, "the frame shows an I/O privilege level"u8);
    }
}
