using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Processor;

/// <summary>
/// What the processor refuses in ring 3 the hypervisor does for the guest's kernel, within the guest's own limits. Each instruction done too
/// generously is done to the machine: lgdt, lidt and ltr load tables, hlt stops everybody, wrmsr sets where system calls go.
/// </summary>
internal static class PrivilegedInstructions
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        Refused([0xf4], "hlt"u8);
        Refused([0x0f, 0x01, 0x17], "lgdt"u8, page);
        Refused([0x0f, 0x01, 0x1f], "lidt"u8, page);
        Refused([0x0f, 0x00, 0xdf], "ltr"u8, 0xe040);
        Refused([0x0f, 0x00, 0xd7], "lldt"u8);
        Refused([0x0f, 0x08], "invd"u8);
        Refused([0x0f, 0x01, 0xf7], "lmsw"u8);
        Refused([0x0f, 0x22, 0xc7], "mov cr0 without paging"u8, 0x11);
        Refused([0x44, 0x0f, 0x22, 0xc7], "mov cr8"u8);
        Refused([0x0f, 0x23, 0xc7], "mov dr0 to the hypervisor"u8, 0xffff_8300_0000_0000);
        bool ran = Probe.Code([0x31, 0xc9, 0x31, 0xc0, 0x31, 0xd2, 0x0f, 0x01, 0xd1]);
        // A processor without XSAVE does not know the instruction.
        Verdict.Expect(!ran && Traps.Last.Vector is 6 or 13, "xsetbv 0"u8);
        ReadOnlySpan<uint> registers =
            [0xc000_0080, 0xc000_0081, 0xc000_0082, 0xc000_0083, 0xc000_0084, 0x174, 0x175, 0x176, 0x10, 0x1d9, 0x3a, 0x277];
        foreach (uint register in registers)
            Verdict.Expect(!Probe.Try(ProbeCode.WriteMsr, register, 0) || register is 0x3a, "wrmsr of a register of the machine"u8);
        Verdict.Expect(!Probe.Try(ProbeCode.WriteMsr, 0xc000_0101, 0x8000_0000_0000), "wrmsr of a GS base that is not canonical"u8);
        Verdict.Expect(!Probe.Try(ProbeCode.ReadMsr, 0x1234_5678), "rdmsr of a register that there is not"u8);
        Verdict.Expect(Probe.Try(ProbeCode.ReadMsr, 0x277, 0, out ulong attributes) && attributes == 0x0501_0007_0406, "the PAT of the ABI"u8);
        Done([0x0f, 0x20, 0xc0, 0xc3], "mov from cr0"u8);
        Done([0x0f, 0x20, 0xe0, 0x0f, 0x22, 0xe0, 0xc3], "mov from and to cr4"u8);
        Done([0x0f, 0x09, 0xc3], "wbinvd"u8);
        Done([0x0f, 0x06, 0xc3], "clts"u8);
        Done([0x0f, 0x01, 0x3f, 0xc3], "invlpg"u8, 0xffff_8300_0000_0000);
        Done([0x0f, 0x20, 0xd8, 0xc3], "mov from cr3"u8);
        TryInputOutput();
    }

    // Ports and the interrupt flag are allowed by the level that the kernel asks for; what is behind them is another matter.
    private static void TryInputOutput()
    {
        Refused([0xe4, 0x80], "in at level 0"u8);
        Refused([0xfa], "cli at level 0"u8);
        PhysdevSetIopl level = default;
        level.Iopl = 4;
        ulong address = Hypercalls.AddressOf(in level);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, address), Errno.Inval, "level 4"u8);
        level.Iopl = 1;
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, address), "level 1"u8);
        Done([0xfa, 0xc3], "cli at level 1"u8);
        Done([0xfb, 0xc3], "sti at level 1"u8);
        // The hypervisor's serial port, timer and interrupt controllers: reads are ones, writes go nowhere.
        foreach (ulong port in (ReadOnlySpan<ulong>)[0x3f8, 0x3fd, 0x21, 0xa1, 0x40, 0x43])
        {
            Verdict.Expect(Probe.Try(ProbeCode.PortIn, port, 0, out ulong value) && value == 0xff, "a port of the hypervisor's was read"u8);
            Verdict.Expect(Probe.Try(ProbeCode.PortOut, port, 0), "out trapped"u8);
        }

        Verdict.Expect(Probe.Try(ProbeCode.PortOut, 0xcf9, 6), "out to the reset port trapped"u8);
        level.Iopl = 0;
        Hypercalls.Call(Hypercall.PhysdevOp, (ulong)PhysdevCommand.SetIopl, address);
    }

    private static void Refused(ReadOnlySpan<byte> code, ReadOnlySpan<byte> what, ulong argument = 0) =>
        Verdict.ExpectTrap(Probe.Code(code, argument), 13, what);

    private static void Done(ReadOnlySpan<byte> code, ReadOnlySpan<byte> what, ulong argument = 0) =>
        Verdict.Expect(Probe.Code(code, argument), what);
}
