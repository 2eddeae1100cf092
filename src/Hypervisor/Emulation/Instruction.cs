using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Emulation;

/// <summary>The kind of code segment that the instruction was fetched from.</summary>
public enum CodeMode : byte
{
    /// <summary>CS.L = 1.</summary>
    Long,

    /// <summary>CS.L = 0, CS.D = 1: user code of 32 bits. Only in, out, int, cli and sti are decoded.</summary>
    Compatibility,
}

/// <summary>Where the operand that is not memory comes from.</summary>
public enum OperandSource : byte
{
    None,

    /// <summary>The general register <see cref="Instruction.Register"/>; for in and out: the port is DX.</summary>
    Register,

    /// <summary><see cref="Instruction.Immediate"/>.</summary>
    Immediate,
}

/// <summary>One decoded instruction, as <see cref="InstructionDecoder"/> fills it in.</summary>
public struct Instruction
{
    public Operation Operation;

    /// <summary>Bytes, 1..15; 0 for <see cref="Operation.Unknown"/> and <see cref="Operation.NeedMoreBytes"/>.</summary>
    public byte Length;

    /// <summary>Bytes: 1, 2, 4 or 8. For in, out, ins and outs at most 4.</summary>
    public byte OperandSize;

    /// <summary>A REX prefix is present, so that byte registers 4..7 are spl, bpl, sil and dil.</summary>
    public bool Rex;

    public bool Locked;

    /// <summary>ins and outs only: rep or repne, which mean the same there.</summary>
    public bool Repeated;

    public bool HasMemory;

    public OperandSource Source;

    /// <summary>The general register operand, 0..15.</summary>
    public byte Register;

    /// <summary>The number of the control or debug register of a mov.</summary>
    public byte SystemRegister;

    public MemoryOperand Memory;

    /// <summary>Sign-extended to 64 bits; a port, a vector or a bit index is in its low byte.</summary>
    public ulong Immediate;

    /// <summary>Whether <see cref="PageTableWrite"/> can emulate the instruction.</summary>
    public readonly bool WritesMemory => Operation >= Operation.Store;

    /// <summary>bts, btr or btc.</summary>
    public readonly bool IsBitOperation => Operation is Operation.BitSet or Operation.BitReset or Operation.BitComplement;

    /// <summary>The port of in, out, ins and outs.</summary>
    public readonly ushort Port(in Registers registers) =>
        unchecked((ushort)(Source == OperandSource.Immediate ? Immediate & 0xff : registers.Rdx));

    /// <summary>The value of the register or immediate operand, cut to the operand size and zero-extended.</summary>
    public readonly ulong SourceValue(in Registers registers) =>
        Source == OperandSource.Immediate
            ? Immediate & OperandMask(OperandSize)
            : registers.ReadOperand(Register, OperandSize, Rex);

    /// <summary>
    /// The linear address of the memory operand: the first byte that the instruction touches. <paramref name="registers"/>.Rip must still be
    /// that of the instruction. A register bit index of bts, btr and btc is signed and moves the address by whole operands (Intel SDM vol. 2, BT).
    /// </summary>
    public readonly ulong EffectiveAddress(in Registers registers, ulong fsAddress, ulong gsAddress)
    {
        var extra = IsBitOperation && Source == OperandSource.Register ? BitDisplacement(registers) : 0;
        return Memory.LinearAddress(registers, unchecked(registers.Rip + Length), extra, fsAddress, gsAddress);
    }

    internal static ulong OperandMask(int size) => size == 8 ? ulong.MaxValue : (1UL << (size * 8)) - 1;

    private readonly ulong BitDisplacement(in Registers registers)
    {
        var index = unchecked((long)registers.Read(Register));
        index = OperandSize switch
        {
            2 => unchecked((short)index),
            4 => unchecked((int)index),
            _ => index,
        };
        return unchecked((ulong)((index >> 3) & -(long)OperandSize));
    }
}
