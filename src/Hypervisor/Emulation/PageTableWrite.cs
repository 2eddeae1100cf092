using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// A guest's own instruction on a read-only page table, split in two: what the 8-byte entry would become, and, once the caller has validated
/// that and exchanged the entry atomically, what the instruction leaves in registers and flags. If the exchange finds another old entry the
/// caller begins again with it, so that every emulated write is atomic whether the guest asked for it or not.
/// </summary>
public struct PageTableWrite
{
    /// <summary>The entry that the guest's operand was cut from.</summary>
    public ulong OldEntry;

    /// <summary>The entry that the instruction would leave; the old one where a compare-exchange fails.</summary>
    public ulong NewEntry;

    private ulong oldOperand;
    private ulong newOperand;

    /// <summary>Whether there is anything to store: only a compare-exchange that found another value stores nothing.</summary>
    public bool Stores;

    /// <summary>
    /// Computes the new entry. <paramref name="offset"/> is the low three bits of the operand's linear address. False, and the #PF is the
    /// guest's, if the instruction is not one that writes memory or its operand is not naturally aligned (and so might leave the entry).
    /// </summary>
    public static bool TryPrepare(in Instruction instruction, in Registers registers, int offset, ulong oldEntry, out PageTableWrite write)
    {
        write = default;
        int size = instruction.OperandSize;
        if (!instruction.WritesMemory || offset < 0 || offset + size > 8 || (offset & (size - 1)) != 0)
            return false;

        var shift = offset * 8;
        var mask = Instruction.OperandMask(size);
        write.OldEntry = oldEntry;
        write.Stores = true;
        write.oldOperand = (oldEntry >> shift) & mask;
        write.newOperand = write.Combine(instruction, registers) & mask;
        write.NewEntry = (oldEntry & ~(mask << shift)) | (write.newOperand << shift);
        return true;
    }

    /// <summary>
    /// Leaves in registers and RFLAGS what the instruction leaves there, and moves RIP behind it. The old operand is that of
    /// <see cref="OldEntry"/>: the entry as stored, not as the guest last wrote it.
    /// </summary>
    public readonly void Complete(in Instruction instruction, ref Registers registers)
    {
        var size = instruction.OperandSize;
        var flags = WriteFlags(instruction, registers);
        switch (instruction.Operation)
        {
            case Operation.Exchange or Operation.ExchangeAdd:
                registers.SetByNumber(instruction.Register, size, instruction.Rex, oldOperand);
                break;
            case Operation.CompareExchange when !Stores:
                registers.SetByNumber(0, size, instruction.Rex, oldOperand);
                break;
        }

        registers.Rflags = flags;
        registers.Rip = unchecked(registers.Rip + instruction.Length);
    }

    private ulong Combine(in Instruction instruction, in Registers registers)
    {
        var source = instruction.SourceValue(registers);
        switch (instruction.Operation)
        {
            case Operation.Add or Operation.ExchangeAdd: return unchecked(oldOperand + source);
            case Operation.Subtract: return unchecked(oldOperand - source);
            case Operation.Or: return oldOperand | source;
            case Operation.And: return oldOperand & source;
            case Operation.Xor: return oldOperand ^ source;
            case Operation.BitSet: return oldOperand | BitMask(instruction, source);
            case Operation.BitReset: return oldOperand & ~BitMask(instruction, source);
            case Operation.BitComplement: return oldOperand ^ BitMask(instruction, source);
            case Operation.CompareExchange:
                Stores = registers.ReadOperand(0, instruction.OperandSize, instruction.Rex) == oldOperand;
                return Stores ? source : oldOperand;
            default: return source;
        }
    }

    private readonly ulong WriteFlags(in Instruction instruction, in Registers registers)
    {
        int size = instruction.OperandSize;
        var source = instruction.SourceValue(registers);
        switch (instruction.Operation)
        {
            case Operation.Add or Operation.ExchangeAdd:
                return ArithmeticFlags.AfterAdd(registers.Rflags, oldOperand, source, size);
            case Operation.Subtract:
                return ArithmeticFlags.AfterSubtract(registers.Rflags, oldOperand, source, size);
            case Operation.CompareExchange:
                var accumulator = registers.ReadOperand(0, size, instruction.Rex);
                return ArithmeticFlags.AfterSubtract(registers.Rflags, accumulator, oldOperand, size);
            case Operation.Or or Operation.And or Operation.Xor:
                return ArithmeticFlags.AfterLogic(registers.Rflags, newOperand, size);
            case Operation.BitSet or Operation.BitReset or Operation.BitComplement:
                return ArithmeticFlags.AfterBitTest(registers.Rflags, (oldOperand & BitMask(instruction, source)) != 0);
            default:
                return registers.Rflags;
        }
    }

    // Whole operands in a register bit index are in the effective address already.
    private static ulong BitMask(in Instruction instruction, ulong index) => 1UL << unchecked((int)index & ((instruction.OperandSize * 8) - 1));
}
