using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// `sysenter` comes into ring 0 with all that the application had: its flags, with TF and NT among them, and any value in any register. It keeps
/// neither RIP nor RSP. On a processor that has it the guest's callback must be entered, with a frame that says so; where there is none, registering
/// the callback must be refused, for nobody would ever call it, and the instruction must be an exception of the application.
/// </summary>
internal static class Sysenter
{
    private const ulong Trap = 0x100, Interrupt = 0x200, Direction = 0x400, NestedTask = 0x4000, AlignmentCheck = 0x4_0000;
    private const ulong NarrowSelector = FlatSelectors.UserCode32;

    // mov esp, 0xdead; push 2; popf; sysenter: and without a stack at all
    private static ReadOnlySpan<byte> WithoutStack => [0xbc, 0xad, 0xde, 0xad, 0xde, 0x0f, 0x34];

    // push rdi; popf; sysenter
    private static ReadOnlySpan<byte> WithFlags => [0x57, 0x9d, 0x0f, 0x34];

    internal static void Run()
    {
        long registered = Traps.SetCallback(CallbackType.Sysenter, Traps.Stub(Traps.SyscallVector), CallbackFlags.MaskEvents);
        if (registered != 0)
        {
            Verdict.ExpectError(registered, Errno.NoSys, "a callback for an instruction that there is not"u8);
            Enter([0x0f, 0x34], NarrowSelector);
            Verdict.Expect(Traps.Last.Vector is 6 or 13, "sysenter where there is none"u8);
            return;
        }

        Enter([0x0f, 0x34], NarrowSelector);
        ExpectFrame(0, "from 32-bit code"u8);
        Enter([0x0f, 0x34], FlatSelectors.UserCode);
        ExpectFrame(0, "from 64-bit code"u8);
        Enter(WithoutStack, NarrowSelector);
        ExpectFrame(0, "without a stack"u8);
        // mov rsp, rdi; sysenter: a stack that is not canonical, or the hypervisor's
        foreach (ulong stack in (ReadOnlySpan<ulong>)[0x8000_0000_0000_0000, 0xffff_8300_0000_1000, ulong.MaxValue, 1])
        {
            UserMode.Run([0x48, 0x89, 0xfc, 0x0f, 0x34], stack);
            ExpectFrame(0, "with a stack of somebody else's"u8);
        }

        foreach (ulong flags in (ReadOnlySpan<ulong>)[Trap, NestedTask, Direction, AlignmentCheck, Trap | NestedTask | Direction | AlignmentCheck])
        {
            UserMode.Load(WithFlags);
            UserMode.Enter(UserMode.CodeAddress, UserMode.MaskedFlags, FlatSelectors.UserCode, flags | 2);
            // A step ends behind the instruction that follows popf, which is sysenter itself.
            ExpectFrame(flags, "with odd flags"u8);
            Verdict.ExpectResult(Hypercalls.Call(Hypercall.XenVersion), 0x4_0011, "a call after odd flags"u8);
        }

        TryMask();
        Verdict.ExpectDone(Traps.SetCallback(CallbackType.Sysenter, 0), "no callback"u8);
        Enter([0x0f, 0x34], NarrowSelector);
        Verdict.ExpectResult((long)Traps.Last.Vector, 13, "sysenter without a callback"u8);
        Verdict.Expect(Traps.Last is { ErrorCode: 0, Rip: 0 }, "its fault"u8);
    }

    // What was masked before is told by the frame; a callback without the flag leaves events as they were.
    private static void TryMask()
    {
        Verdict.ExpectDone(Traps.SetCallback(CallbackType.Sysenter, Traps.Stub(Traps.SyscallVector)), "a callback that masks nothing"u8);
        Enter([0x0f, 0x34], NarrowSelector);
        ExpectFrame(0, "with the mask as it was"u8);
        Verdict.Expect(Guest.VcpuInfo.EventUpcallMask == 1, "the mask has changed"u8);
    }

    private static void Enter(ReadOnlySpan<byte> code, ulong selector)
    {
        UserMode.Load(code);
        UserMode.Enter(UserMode.CodeAddress, UserMode.MaskedFlags, selector);
    }

    private static void ExpectFrame(ulong flags, ReadOnlySpan<byte> what)
    {
        ref TrapFrame frame = ref Traps.Last;
        Verdict.ExpectResult((long)frame.Vector, Traps.SyscallVector, what);
        Verdict.ExpectResult((long)frame.Cs, 1L << 32 | 3, what);
        Verdict.Expect(frame is { Rip: 0, Rsp: 0, Ss: FlatSelectors.Ring3Stack64 }, what);
        const ulong all = Trap | Interrupt | Direction | NestedTask | AlignmentCheck;
        Verdict.ExpectResult((long)(frame.Rflags & all), (long)flags, what);
    }
}
