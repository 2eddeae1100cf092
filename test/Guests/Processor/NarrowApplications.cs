using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// 32-bit applications have ways into the kernel of their own: int 0x80, and instructions for system calls that some processors know and some do not.
/// Each comes into ring 0 by an entry that 64-bit code never uses, and that nobody tests.
/// All must reach the guest's kernel, with the selector that tells what they are, or be an exception of the application.
/// </summary>
internal static class NarrowApplications
{
    internal static void Run()
    {
        Traps.SetCallback(CallbackType.Syscall32, Traps.Stub(Traps.SyscallVector), CallbackFlags.MaskEvents);
        Traps.Set(0x80, Traps.Stub(Traps.SpareVector), (TrapInfoFlags)3);
        Verdict.ExpectResult(Enter([0xcd, 0x80]), Traps.SpareVector, "int 0x80"u8);
        Verdict.Expect(Traps.Last.Rip == UserMode.CodeAddress + 2, "int 0x80 does not point behind itself"u8);
        long vector = Enter([0x0f, 0x05]);
        Verdict.Expect(vector is Traps.SyscallVector or 6, "syscall"u8);
        vector = Enter([0x0f, 0x34]);
        Verdict.Expect(vector is Traps.SyscallVector or 6 or 13, "sysenter"u8);
        Verdict.ExpectResult(Enter([0x0f, 0x0b]), 6, "ud2"u8);
        Verdict.ExpectResult(Enter([0xf4]), 13, "hlt"u8);
        Verdict.ExpectResult(Enter([0xe4, 0x80]), 13, "in"u8);
        // mov ax, 0xe02b; mov ds, ax; mov eax, [0xfffffffc]: the last of 32-bit addresses
        vector = Enter([0x66, 0xb8, 0x2b, 0xe0, 0x8e, 0xd8, 0xa1, 0xfc, 0xff, 0xff, 0xff]);
        Verdict.ExpectResult(vector, 14, "a load at the end of 32-bit addresses"u8);
        Verdict.ExpectResult((long)Traps.LastAddress, 0xffff_fffc, "its address"u8);
        TryAcrossTheEnd();
        // jmp far 0xe033:0x400000, where it is 64-bit code: mov rax, ..., of which 32-bit code would make dec eax; mov eax, ...
        Verdict.ExpectResult(Enter([0xea, 7, 0, 0x40, 0, 0x33, 0xe0, 0x4c, 0x0f, 0x05]), Traps.SyscallVector, "a system call of 64-bit code"u8);
        Traps.SetCallback(CallbackType.Syscall32, 0);
        Verdict.ExpectResult(Enter([0x0f, 0x05]), 6, "syscall without a callback"u8);
        Verdict.Expect(Traps.Last.Rip == UserMode.CodeAddress, "its invalid opcode is somewhere else"u8);
    }

    /// <summary>
    /// Where a segment ends with the 32-bit addresses, an access across its end "may or may not cause" #GP (SDM vol. 3, Limit Checking; it depends
    /// on the processor and may vary from one execution to another). Without, the load goes on at address 0; either part is a page fault, here for
    /// reading what is not there, and its first byte is at one of the two addresses. The selector is loaded first: through a null one 32-bit code
    /// can load nothing (SDM vol. 3, 3.4.2), though QEMU's emulation lets it.
    /// </summary>
    private static void TryAcrossTheEnd()
    {
        const ulong readOfUser = 4, loading = 6;
        long vector = Enter([0x66, 0xb8, 0x2b, 0xe0, 0x8e, 0xd8, 0xa1, 0xff, 0xff, 0xff, 0xff]);
        if (vector == 13)
            Verdict.ExpectResult((long)Traps.Last.ErrorCode, 0, "the error code across the end of 32-bit addresses"u8);
        else
        {
            Verdict.ExpectResult(vector, 14, "a load across the end of 32-bit addresses"u8);
            Verdict.ExpectResult((long)Traps.Last.ErrorCode, (long)readOfUser, "its error code"u8);
            Verdict.Expect(Traps.LastAddress is 0xffff_ffff or 0, "its address is neither the last byte nor the first"u8);
        }
        Verdict.Expect(Traps.Last.Rip == UserMode.CodeAddress + loading, "it points elsewhere than at the load"u8);
    }

    private static long Enter(ReadOnlySpan<byte> code)
    {
        UserMode.Load(code);
        UserMode.Enter(UserMode.CodeAddress, UserMode.MaskedFlags, FlatSelectors.UserCode32);
        Verdict.Expect((Traps.Last.Cs & 3) == 3, "the frame does not tell of an application"u8);
        return (long)Traps.Last.Vector;
    }
}
