using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Records;

/// <summary>
/// The general registers of a VirtualCpu as the entry assembly pushes them: 168 bytes, the fields in ascending memory order, the last five as
/// the processor itself pushes them for an interrupt (Intel SDM vol. 3, 6.14). The offsets are part of the contract with Entry.S.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Registers
{
    /// <summary>The size of the whole frame in bytes.</summary>
    public const int Bytes = 168;

    public ulong R15;
    public ulong R14;
    public ulong R13;
    public ulong R12;
    public ulong Rbp;
    public ulong Rbx;
    public ulong R11;
    public ulong R10;
    public ulong R9;
    public ulong R8;
    public ulong Rax;
    public ulong Rcx;
    public ulong Rdx;
    public ulong Rsi;
    public ulong Rdi;
    public uint ErrorCode;
    public uint Vector;
    public ulong Rip;
    public ulong Cs;
    public ulong Rflags;
    public ulong Rsp;
    public ulong Ss;

    /// <summary>Where the registers lie in the frame, in words of 8 bytes: rax rcx rdx rbx rsp rbp rsi rdi r8..r15.</summary>
    private static ReadOnlySpan<byte> Places => [10, 11, 12, 5, 19, 4, 13, 14, 9, 8, 7, 6, 3, 2, 1, 0];

    /// <summary>The register of an x86 register number; only the low four bits of the number count.</summary>
    [UnscopedRef]
    public ref ulong ByNumber(int number) => ref MemoryMarshal.Cast<Registers, ulong>(new Span<Registers>(ref this))[Places[number & 15]];

    /// <summary>The whole 64 bits of the register of this number, for holders of a read-only reference.</summary>
    public readonly ulong Read(int number)
        => MemoryMarshal.Cast<Registers, ulong>(new ReadOnlySpan<Registers>(in this))[Places[number & 15]];

    /// <summary>
    /// Reads a register operand of <paramref name="size"/> bytes (1, 2, 4 or 8), zero-extended. Without a REX prefix the byte registers 4..7
    /// are ah, ch, dh and bh (Intel SDM vol. 1, 3.4.1.1).
    /// </summary>
    public readonly ulong ReadOperand(int number, int size, bool rex) => size switch
    {
        1 => IsHighByte(number, rex) ? (Read(number - 4) >> 8) & 0xff : Read(number) & 0xff,
        2 => Read(number) & 0xffff,
        4 => Read(number) & 0xffff_ffff,
        _ => Read(number),
    };

    /// <summary>
    /// Writes a register operand of <paramref name="size"/> bytes as the processor does: 32 bits zero-extend, 8 and 16 bits leave the rest of
    /// the register alone. Without a REX prefix the byte registers 4..7 are ah, ch, dh and bh.
    /// </summary>
    public void SetByNumber(int number, int size, bool rex, ulong value)
    {
        if (size == 1 && IsHighByte(number, rex))
        {
            Merge(ref ByNumber(number - 4), 0xff00, value << 8);
            return;
        }

        ref var register = ref ByNumber(number);
        switch (size)
        {
            case 1: Merge(ref register, 0xff, value); break;
            case 2: Merge(ref register, 0xffff, value); break;
            case 4: register = value & 0xffff_ffff; break;
            default: register = value; break;
        }
    }

    private static bool IsHighByte(int number, bool rex) => !rex && number is >= 4 and <= 7;

    private static void Merge(ref ulong register, ulong mask, ulong value) => register = (register & ~mask) | (value & mask);
}
