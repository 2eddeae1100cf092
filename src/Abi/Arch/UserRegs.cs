using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>The registers of a virtual CPU (struct cpu_user_regs of arch-x86/xen-x86_64.h, 200 bytes).</summary>
[StructLayout(LayoutKind.Explicit)]
public struct UserRegs
{
    [FieldOffset(0)] public ulong R15;
    [FieldOffset(8)] public ulong R14;
    [FieldOffset(16)] public ulong R13;
    [FieldOffset(24)] public ulong R12;
    [FieldOffset(32)] public ulong Rbp;
    [FieldOffset(40)] public ulong Rbx;
    [FieldOffset(48)] public ulong R11;
    [FieldOffset(56)] public ulong R10;
    [FieldOffset(64)] public ulong R9;
    [FieldOffset(72)] public ulong R8;
    [FieldOffset(80)] public ulong Rax;
    [FieldOffset(88)] public ulong Rcx;
    [FieldOffset(96)] public ulong Rdx;
    [FieldOffset(104)] public ulong Rsi;
    [FieldOffset(112)] public ulong Rdi;
    [FieldOffset(120)] public uint ErrorCode;
    [FieldOffset(124)] public uint EntryVector;
    [FieldOffset(128)] public ulong Rip;
    [FieldOffset(136)] public ushort Cs;
    [FieldOffset(140)] public byte SavedUpcallMask;
    [FieldOffset(144)] public ulong Rflags;
    [FieldOffset(152)] public ulong Rsp;
    /// <summary>Six bytes of padding follow this and each selector below.</summary>
    [FieldOffset(160)] public ushort Ss;
    [FieldOffset(168)] public ushort Es;
    [FieldOffset(176)] public ushort Ds;
    [FieldOffset(184)] public ushort Fs;
    [FieldOffset(192)] public ushort Gs;
}
