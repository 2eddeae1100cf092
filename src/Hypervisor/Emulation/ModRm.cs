namespace Serai.Hypervisor.Emulation;

/// <summary>The ModRM byte of 64-bit code with its REX bits, and the memory operand behind it (Intel SDM vol. 2, 2.1.5 and 2.2.1.2).</summary>
internal struct ModRm
{
    /// <summary>The whole byte, for opcodes that are told apart by it.</summary>
    internal byte Value;

    /// <summary>The reg field without REX: an opcode extension.</summary>
    internal readonly int Extension => (Value >> 3) & 7;

    internal readonly bool IsRegister => Value >= 0xc0;

    /// <summary>Reads the byte only; <see cref="ReadMemory"/> goes on where it names memory.</summary>
    internal static ModRm Read(ref CodeReader code) => new() { Value = code.Next() };

    /// <summary>The general register of the reg field.</summary>
    internal readonly byte Register(in Prefixes prefixes) => unchecked((byte)(Extension | prefixes.RexR));

    /// <summary>The general register of the r/m field.</summary>
    internal readonly byte Direct(in Prefixes prefixes) => unchecked((byte)((Value & 7) | prefixes.RexB));

    /// <summary>Reads SIB byte and displacement into the instruction's memory operand.</summary>
    internal readonly void ReadMemory(ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        prefixes.BeginMemory(ref instruction);
        ref var memory = ref instruction.Memory;
        var mode = Value >> 6;
        if ((Value & 7) == 4)
        {
            ReadScaledIndex(ref code, prefixes, mode, ref memory);
        }
        else if ((Value & 7) == 5 && mode == 0)
        {
            memory.RipRelative = true;
            memory.Displacement = code.NextSigned(4);
        }
        else
        {
            memory.Origin = Direct(prefixes);
        }

        if (mode != 0)
            memory.Displacement = code.NextSigned(mode == 1 ? 1 : 4);
    }

    private static void ReadScaledIndex(ref CodeReader code, in Prefixes prefixes, int mode, ref MemoryOperand memory)
    {
        var value = code.Next();
        var index = ((value >> 3) & 7) | prefixes.RexX;
        if (index != 4)
            memory.Index = unchecked((byte)index);
        memory.Scale = unchecked((byte)(value >> 6));
        if ((value & 7) == 5 && mode == 0)
            memory.Displacement = code.NextSigned(4);
        else
            memory.Origin = unchecked((byte)((value & 7) | prefixes.RexB));
    }
}
