using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// Kernel and applications of a guest both run in ring 3; what keeps them apart is which root is loaded and the hypervisor's one bit.
/// An application must reach neither its kernel's memory nor the hypervisor's, and no privileged instruction may be done for it, whatever level
/// the kernel has asked for itself.
/// </summary>
internal static class UserIsolation
{
    internal static void Run()
    {
        PhysdevSetIopl level = default;
        level.Iopl = 1;
        Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, Hypercalls.AddressOf(in level));
        Faults([0x48, 0x8b, 0x07], Symbols.ImageStart, 14, 4);
        Faults([0x48, 0x89, 0x07], Symbols.ImageStart, 14, 6);
        Faults([0x48, 0x8b, 0x07], Guest.StartInfoAddress, 14, 4);
        Faults([0x48, 0x89, 0x07], 0xffff_8000_0000_0000, 14, 7);
        Faults([0x48, 0x8b, 0x07], 0xffff_8300_0000_0000, 14, 4);
        Verdict.Expect(Traps.LastAddress == 0xffff_8300_0000_0000, "the fault is at another address"u8);
        Faults([0xff, 0xe7], Symbols.ImageStart, 14, 4);
        Faults([0xfa], 0, 13, 0);
        Faults([0xfb], 0, 13, 0);
        Faults([0xf4], 0, 13, 0);
        Faults([0xe4, 0x80], 0, 13, 0);
        Faults([0xe6, 0x80], 0, 13, 0);
        Faults([0x0f, 0x32], 0, 13, 0);
        Faults([0x0f, 0x30], 0, 13, 0);
        Faults([0x0f, 0x06], 0, 13, 0);
        Faults([0x0f, 0x09], 0, 13, 0);
        Faults([0x0f, 0x20, 0xc0], 0, 13, 0);
        Faults([0x0f, 0x22, 0xdf], Guest.StartInfo.PageTableBase, 13, 0);
        Faults([0x0f, 0x23, 0xc7], 0, 13, 0);
        Faults([0x0f, 0x01, 0x3f], 0, 13, 0);
        Faults([0x0f, 0x01, 0x17], 0, 13, 0);
        PermitOnePort();
        level.Iopl = 0;
        Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, Hypercalls.AddressOf(in level));
    }

    // ioperm: the kernel's bitmap says which ports an application may use. What is behind them is another matter.
    private static void PermitOnePort()
    {
        ulong pages = Frames.Take();
        Verdict.Expect(Frames.Take() == pages + Frames.PageBytes, "two pages in a row"u8);
        Probe.Try(ProbeCode.Store, pages + 0x10, 0xfffe);
        PhysdevSetIoBitmap bitmap = default;
        bitmap.Bitmap = pages;
        bitmap.PortCount = 0x90;
        ulong address = Hypercalls.AddressOf(in bitmap);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIoBitmap, address), "set_iobitmap"u8);
        Faults([0xe4, 0x80, 0x0f, 0x0b], 0, 6, 0);
        Faults([0xe4, 0x81, 0x0f, 0x0b], 0, 13, 0);
        Faults([0xe4, 0x91, 0x0f, 0x0b], 0, 13, 0);
        bitmap.PortCount = 0;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIoBitmap, address), "no bitmap"u8);
        Faults([0xe4, 0x80, 0x0f, 0x0b], 0, 13, 0);
    }

    private static void Faults(ReadOnlySpan<byte> code, ulong argument, long vector, long errorCode)
    {
        UserMode.Run(code, argument);
        Verdict.ExpectResult((long)Traps.Last.Vector, vector, "an instruction of an application"u8);
        // Whether the page is present, and whether a fetch is told as such, depends on the processor.
        Verdict.ExpectResult((long)Traps.Last.ErrorCode & 6, errorCode & 6, "its error code"u8);
        Verdict.Expect((Traps.Last.Cs & 3) == 3, "the frame does not say that an application was interrupted"u8);
    }
}
