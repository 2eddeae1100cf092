using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// Flags come into ring 0 with the guest: NT makes the hypervisor's iretq fault, DF turns its copies round, TF steps it, AC opens user pages to it
/// under SMAP. Entry must clear them, and the guest must find its own afterwards.
/// </summary>
internal static class FlagsOnEntry
{
    private const ulong NestedTask = 0x4000, AlignmentCheck = 0x4_0000, Direction = 0x400, Trap = 0x100;

    internal static void Run()
    {
        foreach (ulong flag in (ReadOnlySpan<ulong>)[NestedTask, AlignmentCheck, Direction, NestedTask | AlignmentCheck | Direction])
        {
            // push rdi; popf; mov eax, 17; mov edi, 3; syscall; pushf; pop rax; push 2; popf; ret
            Verdict.Expect(
                Probe.Code(
                    [0x57, 0x9d, 0xb8, 17, 0, 0, 0, 0xbf, 3, 0, 0, 0, 0x0f, 0x05, 0x9c, 0x58, 0x6a, 0x02, 0x9d, 0xc3],
                    flag | 2, Frames.Take(), out ulong after),
                "a hypercall with odd flags trapped"u8);
            Verdict.Expect((after & flag) == flag, "a hypercall has lost flags"u8);
            // push rdi; popf; ud2
            Verdict.ExpectTrap(Probe.Code([0x57, 0x9d, 0x0f, 0x0b], flag | 2), 6, "ud2 with odd flags"u8);
            Verdict.Expect((Traps.Last.Rflags & flag) == flag, "a frame has lost flags"u8);
            // The same as an application, with a system call and with a trap.
            UserMode.Run([0x57, 0x9d, 0x0f, 0x05], flag | 2);
            Verdict.ExpectResult((long)Traps.Last.Vector, Traps.SyscallVector, "a system call with odd flags"u8);
            Verdict.Expect((Traps.Last.Rflags & flag) == flag, "a system call's frame has lost flags"u8);
            UserMode.Run([0x57, 0x9d, 0x0f, 0x0b], flag | 2);
            Verdict.ExpectResult((long)Traps.Last.Vector, 6, "ud2 of an application with odd flags"u8);
        }

        // push rdi; popf; nop
        Verdict.ExpectTrap(Probe.Code([0x57, 0x9d, 0x90, 0xc3], Trap | 2), 1, "a single step"u8);
        Verdict.Expect(Traps.Last.Rip == Probe.CodePage + 3, "the single step ended somewhere else"u8);
        // push rdi; popf; mov eax, 17; syscall: a step over a hypercall; TF ends it at the instruction behind it at the latest
        Verdict.ExpectTrap(Probe.Code([0x57, 0x9d, 0x0f, 0x05, 0x90, 0x90, 0xc3], Trap | 2), 1, "a step into a hypercall"u8);
        UserMode.Enter(UserMode.CodeAddress, Trap | 2, FlatSelectors.UserCode);
        Verdict.ExpectResult((long)Traps.Last.Vector, 1, "a single step of an application"u8);
        Verdict.Expect((Traps.Last.Rflags & 0x200) == 0 && (Traps.Last.Cs >> 32 & 0xff) == 1, "the frame has another event mask"u8);
    }
}
