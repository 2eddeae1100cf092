using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The register side of ins and outs, one element at a time, so that a page fault midway leaves the registers as the processor would: at the
/// element that faulted, with RIP still at the instruction.
/// </summary>
public static class StringPort
{
    private const ulong DirectionFlag = 1 << 10;

    /// <summary>Whether no element is left: rep with a count of zero does nothing but move RIP.</summary>
    public static bool IsFinished(in Instruction instruction, in Registers registers) =>
        instruction.Repeated && registers.ReadOperand(1, AddressBytes(instruction), true) == 0;

    /// <summary>
    /// One element is done: steps the memory register by the direction flag and counts rep down. True if the instruction is over; RIP has then
    /// moved behind it.
    /// </summary>
    public static bool Advance(in Instruction instruction, ref Registers registers)
    {
        var width = AddressBytes(instruction);
        var step = (registers.Rflags & DirectionFlag) != 0 ? unchecked(0UL - instruction.OperandSize) : instruction.OperandSize;
        int memory = instruction.Memory.Origin;
        registers.SetByNumber(memory, width, true, unchecked(registers.Read(memory) + step));
        if (instruction.Repeated)
        {
            registers.SetByNumber(1, width, true, unchecked(registers.Rcx - 1));
            if (!IsFinished(instruction, registers))
                return false;
        }

        registers.Rip = unchecked(registers.Rip + instruction.Length);
        return true;
    }

    private static int AddressBytes(in Instruction instruction) => instruction.Memory.Narrow ? 4 : 8;
}
