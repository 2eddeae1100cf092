using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// fpu_taskswitch makes the guest's next use of the FPU fault. The flag lives in the processor's CR0, which is the hypervisor's too: left set there,
/// the hypervisor's own moves fault; forgotten, another guest gets a fault that it never asked for.
/// </summary>
internal static unsafe class TaskSwitchedFlag
{
    internal static void Run()
    {
        ReadOnlySpan<byte> use = [0x0f, 0x57, 0xc0, 0xc3];
        Verdict.Expect(Probe.Code(use), "the FPU cannot be used"u8);
        Verdict.Expect(UseFaults(), "a use of the FPU did not fault"u8);
        Verdict.Expect(Probe.Code(use), "the fault did not take the flag away"u8);
        ulong page = Frames.Take();
        // mov edi, 1; mov eax, 5; syscall; mov edi, 3; mov eax, 17; syscall; mov rsi, cr0; clts; mov rax, rsi; ret
        Verdict.Expect(
            Probe.Code(
                [
                    0xbf, 1, 0, 0, 0, 0xb8, 5, 0, 0, 0, 0x0f, 0x05, 0xbf, 3, 0, 0, 0, 0xb8, 17, 0, 0, 0, 0x0f, 0x05,
                    0x0f, 0x20, 0xc6, 0x0f, 0x06, 0x48, 0x89, 0xf0, 0xc3,
                ],
                0, page, out ulong cr0),
            "a hypercall that moves a block, with the flag set"u8);
        Verdict.Expect(*(byte*)page == (byte)'x', "it moved something else"u8);
        Verdict.Expect((cr0 & 8) == 8, "CR0 does not show the flag"u8);
        Verdict.Expect(Probe.Code(use), "clts did not take the flag away"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.FpuTaskSwitch, 0), "taking the flag away that is not there"u8);
    }

    // The call is part of the code, since this kernel's own moves use vector registers.
    private static bool UseFaults()
    {
        // mov edi, 1; mov eax, 5; syscall; xorps xmm0, xmm0; ret
        bool ran = Probe.Code([0xbf, 1, 0, 0, 0, 0xb8, 5, 0, 0, 0, 0x0f, 0x05, 0x0f, 0x57, 0xc0, 0xc3]);
        return !ran && Traps.Last.Vector == 7;
    }
}
