using System;

using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// Instructions that enter something of a lower ring, besides the ones that the ABI uses: sysenter goes wherever firmware left its registers
/// (XSA-339), the calls of virtual machines to whoever runs below, icebp and the far returns past the gates that were thought of.
/// All must be exceptions of the one who executed them.
/// </summary>
internal static class OtherWaysIn
{
    internal static void Run()
    {
        // A kernel that has `sysenter` loses its stack by it: that one is a death's story.
        UserMode.Run([0x0f, 0x34]);
        Verdict.Expect(IsFault(), "sysenter"u8);
        Try([0x0f, 0x35], "sysexit"u8);
        Try([0x48, 0x0f, 0x35], "sysexit to 64 bits"u8);
        Try([0x0f, 0x07], "sysret"u8);
        Try([0x48, 0x0f, 0x07], "sysret to 64 bits"u8);
        Try([0x0f, 0x01, 0xf8], "swapgs"u8);
        Try([0x0f, 0x01, 0xd9], "vmmcall"u8);
        Try([0x0f, 0x01, 0xc1], "vmcall"u8);
        Try([0x0f, 0x01, 0xd4], "vmfunc"u8);
        Try([0x0f, 0x01, 0xd8], "vmrun"u8);
        Try([0x0f, 0x01, 0xdd], "clgi"u8);
        Try([0x0f, 0xaa], "rsm"u8);
        Try([0x0f, 0x01, 0xc8], "monitor"u8);
        Try([0x0f, 0x01, 0xc9], "mwait"u8);
        // push 0xe008; push rdi; lretq -- to the hypervisor's own code segment; the same by iretq
        Try([0x68, 0x08, 0xe0, 0, 0, 0x57, 0x48, 0xcb], "a far return to ring 0"u8);
        Try([0x6a, 0, 0x54, 0x6a, 2, 0x68, 0x08, 0xe0, 0, 0, 0x57, 0x48, 0xcf], "iretq to ring 0"u8);
        Verdict.ExpectResult(Hypercalls.Call(Abi.Hypercall.XenVersion), 0x4_0011, "a call behind them all"u8);
    }

    private static void Try(ReadOnlySpan<byte> code, ReadOnlySpan<byte> what)
    {
        Verdict.Expect(!Probe.Code(code, Probe.CodePage) && IsFault(), what);
        UserMode.Run(code, UserMode.CodeAddress);
        Verdict.Expect(IsFault(), what);
    }

    private static bool IsFault() => Traps.Last.Vector is 6 or 13;
}
