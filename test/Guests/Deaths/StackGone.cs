using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// The kernel's stack for traps of applications is not mapped: the frame of a system call is written in the fastest path, in ring 0, and faults
/// there.
/// </summary>
internal static class StackGone
{
    internal static void Run()
    {
        UserMode.Run([0x0f, 0x05]);
        Verdict.ExpectResult((long)Traps.Last.Vector, Traps.SyscallVector, "a system call"u8);
        Traps.SetCallback(CallbackType.Syscall, Traps.Stub(Traps.SyscallVector), CallbackFlags.MaskEvents);
        ulong page = Frames.Take();
        UserMode.UseStack(page + Frames.PageBytes);
        Mmu.Map(page, 0);
        UserMode.Run([0x0f, 0x05]);
        Verdict.Expect(false, "it lives"u8);
    }
}
