namespace Serai.Hypervisor.Emulation;

/// <summary>The prefixes of an instruction (Intel SDM vol. 2, 2.1.1 and 2.2.1).</summary>
internal struct Prefixes
{
    internal CodeMode Mode;
    internal bool OperandSize;
    internal bool AddressSize;
    internal bool Lock;
    internal bool Repeat;
    internal bool RepeatNotEqual;
    internal SegmentOverride Segment;

    /// <summary>The REX byte, or 0.</summary>
    internal byte Rex;

    internal readonly bool RexW => (Rex & 8) != 0;

    internal readonly int RexR => (Rex & 4) << 1;

    internal readonly int RexX => (Rex & 2) << 2;

    internal readonly int RexB => (Rex & 1) << 3;

    /// <summary>Reads up to the opcode. A REX byte counts only directly before it.</summary>
    internal static Prefixes Read(ref CodeReader code, CodeMode mode)
    {
        var prefixes = new Prefixes { Mode = mode };
        while (true)
        {
            var value = code.Next();
            if (prefixes.TryLegacy(value))
            {
                prefixes.Rex = 0;
            }
            else if (mode == CodeMode.Long && (value & 0xf0) == 0x40)
            {
                prefixes.Rex = value;
            }
            else
            {
                if (!code.Exhausted)
                    code.StepBack();
                return prefixes;
            }
        }
    }

    /// <summary>The size in bytes of the operand of an opcode whose lowest bit tells bytes from words.</summary>
    internal readonly byte OperandBytes(byte opcode) => (opcode & 1) == 0 ? (byte)1 : WideOperandBytes;

    /// <summary>The size in bytes of an operand that is not a byte: REX.W wins over the operand-size prefix.</summary>
    internal readonly byte WideOperandBytes => RexW ? (byte)8 : OperandSize ? (byte)2 : (byte)4;

    /// <summary>A memory operand without registers so far, as the prefixes shape it.</summary>
    internal readonly void BeginMemory(ref Instruction instruction)
    {
        instruction.HasMemory = true;
        instruction.Memory.Origin = instruction.Memory.Index = MemoryOperand.NoRegister;
        instruction.Memory.Segment = Segment;
        instruction.Memory.Narrow = AddressSize;
    }

    private bool TryLegacy(byte value)
    {
        switch (value)
        {
            case 0x66: OperandSize = true; return true;
            case 0x67: AddressSize = true; return true;
            case 0xf0: Lock = true; return true;
            case 0xf2: RepeatNotEqual = true; return true;
            case 0xf3: Repeat = true; return true;
            case 0x64: Segment = SegmentOverride.Fs; return true;
            case 0x65: Segment = SegmentOverride.Gs; return true;
            case 0x26 or 0x2e or 0x36 or 0x3e: return true;
            default: return false;
        }
    }
}
