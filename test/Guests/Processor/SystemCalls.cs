using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// `syscall` is a hypercall when a guest's kernel executes it and the guest's own system call when its application does; only one bit that the
/// hypervisor keeps tells them apart. Confused once, an application shuts the machine down.
/// From user mode every number must reach the kernel's callback with the registers untouched; without a callback it is an invalid opcode.
/// </summary>
internal static class SystemCalls
{
    internal static void Run()
    {
        // mov eax, 29; mov edi, 2; xor esi, esi; syscall: sched_op shutdown, were it a hypercall
        ReadOnlySpan<byte> shutdown = [0xb8, 29, 0, 0, 0, 0xbf, 2, 0, 0, 0, 0x31, 0xf6, 0x0f, 0x05];
        for (int masked = 0; masked < 2; masked++)
        {
            Traps.SetCallback(CallbackType.Syscall, Traps.Stub(Traps.SyscallVector), (CallbackFlags)masked);
            UserMode.Run(shutdown);
            Verdict.ExpectResult((long)Traps.Last.Vector, Traps.SyscallVector, "a system call"u8);
            Verdict.Expect(Traps.Last.Rax == 29 && Traps.Last.Rdi == 2 && Traps.Last.Rsi == 0, "its registers have changed"u8);
            Verdict.Expect(Traps.Last.Rip == UserMode.CodeAddress + 14, "it came from another address"u8);
            Verdict.Expect((Traps.Last.Cs & 0xffff) == FlatSelectors.UserCode && (Traps.Last.Ss & 0xffff) == FlatSelectors.UserStack,
                "its selectors are others"u8);
            Verdict.Expect(Traps.Last.Rsp == UserMode.StackEnd, "its stack is another"u8);
            Verdict.Expect(Traps.Last.Rcx == Traps.Last.Rip, "RCX is not where it goes on"u8);
        }

        // mov eax, 23; syscall: iret by an application
        UserMode.Run([0xb8, 23, 0, 0, 0, 0x0f, 0x05]);
        Verdict.ExpectResult((long)Traps.Last.Vector, Traps.SyscallVector, "a system call with the number of iret"u8);
        Traps.SetCallback(CallbackType.Syscall, 0);
        UserMode.Run(shutdown);
        Verdict.ExpectResult((long)Traps.Last.Vector, 6, "a system call without a callback"u8);
        Verdict.Expect(Traps.Last.Rip == UserMode.CodeAddress + 12, "the invalid opcode is somewhere else"u8);
        Traps.SetCallback(CallbackType.Syscall, Traps.Stub(Traps.SyscallVector));
    }
}
