using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// A load of SS holds a debug exception back by one instruction. If that one is `syscall`, `int3` or `int 0x80`, the exception comes in ring 0, at
/// the hypervisor's first instruction, on the guest's own stack pointer (XSA-260).
/// Wherever the processor delivers it, the guest must be alive behind it, with its own stack and its own calls.
/// </summary>
internal static unsafe class DebugTrapOnEntry
{
    private const ulong WordBothWays = 0x7_0000 | 0x2;
    private const int SelectorOffset = 48;

    internal static void Run()
    {
        Traps.Set(0x80, Traps.Stub(Traps.SpareVector), (TrapInfoFlags)3);
        ulong page = Frames.Take();
        *(ulong*)page = FlatSelectors.KernelStack;
        Watch(page);
        // mov ss, [rdi] before: mov eax, 17; syscall -- int3 -- int 0x80
        Probe.Code([0xb8, 17, 0, 0, 0, 0x8e, 0x17, 0x0f, 0x05, 0xc3], page);
        Probe.Code([0x8e, 0x17, 0xcc, 0xc3], page);
        Probe.Code([0x8e, 0x17, 0xcd, 0x80, 0xc3], page);
        Alive("a debug exception held back into a way in"u8);

        Watch(UserMode.CodeAddress + SelectorOffset);
        foreach (ushort way in (ReadOnlySpan<ushort>)[0x050f, 0x80cd, 0x03cd, 0x0b0f])
            RunUser(page, way);
        Hypercalls.Call(Hypercall.SetDebugRegister, 7, 0);
        Hypercalls.Call(Hypercall.SetDebugRegister, 0, 0);
        Alive("a debug exception of an application held back into a way in"u8);
    }

    // mov ss, [rdi]; then the two bytes of the way in, and the selector behind them on the page of code itself.
    private static void RunUser(ulong page, ushort way)
    {
        var code = new Span<byte>((void*)page, SelectorOffset + 8);
        code[0] = 0x8e;
        code[1] = 0x17;
        code[2] = (byte)(way & 0xff);
        code[3] = (byte)(way >> 8);
        code[SelectorOffset] = FlatSelectors.UserStack & 0xff;
        code[SelectorOffset + 1] = FlatSelectors.UserStack >> 8;
        UserMode.Run(code, UserMode.CodeAddress + SelectorOffset);
        Verdict.Expect(Traps.Last.Vector is 1 or 3 or 6 or Traps.SyscallVector or Traps.SpareVector, "the application ended otherwise"u8);
    }

    private static void Watch(ulong address)
    {
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetDebugRegister, 0, address), "a breakpoint on the selector"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.SetDebugRegister, 7, WordBothWays), "its control"u8);
    }

    private static void Alive(ReadOnlySpan<byte> after) => Verdict.ExpectResult(Hypercalls.Call(Hypercall.XenVersion), 0x4_0011, after);
}
