using System;

using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Dumps;

/// <summary>Registers on the console.</summary>
public static class RegisterDump
{
    /// <summary>All of a frame.</summary>
    public static void Write(in Registers registers)
    {
        Line("rip"u8, registers.Rip, "rsp"u8, registers.Rsp, "rflags"u8, registers.Rflags);
        Line("cs"u8, registers.Cs, "ss"u8, registers.Ss, "vector/error"u8, (ulong)registers.Vector << 32 | registers.ErrorCode);
        Line("rax"u8, registers.Rax, "rbx"u8, registers.Rbx, "rcx"u8, registers.Rcx);
        Line("rdx"u8, registers.Rdx, "rsi"u8, registers.Rsi, "rdi"u8, registers.Rdi);
        Line("rbp"u8, registers.Rbp, "r8"u8, registers.R8, "r9"u8, registers.R9);
        Line("r10"u8, registers.R10, "r11"u8, registers.R11, "r12"u8, registers.R12);
        Line("r13"u8, registers.R13, "r14"u8, registers.R14, "r15"u8, registers.R15);
    }

    private static void Line(ReadOnlySpan<byte> name1, ulong value1, ReadOnlySpan<byte> name2, ulong value2, ReadOnlySpan<byte> name3, ulong value3)
        => Log.Always().Text("  "u8).Text(name1).Text("="u8).Hex(value1, 16).Text(" "u8).Text(name2).Text("="u8).Hex(value2, 16)
            .Text(" "u8).Text(name3).Text("="u8).Hex(value3, 16).End();

    /// <summary>The bytes at RIP, as far as they can be read in the present address space.</summary>
    public static void WriteCode(in Registers registers)
    {
        Log line = Log.Always().Text("  code at rip:"u8);
        for (ulong offset = 0; offset < 16 && GuestMemory.TryRead(new GuestAddress(registers.Rip) + offset, out byte code); offset++)
            line.Text(" "u8).Hex(code, 2);
        line.End();
    }
}
