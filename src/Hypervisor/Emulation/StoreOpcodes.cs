namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The opcodes that write a general operand to memory: those with which kernels change page-table entries in place. The forms whose
/// destination is a register cannot fault on a page table and stay unknown.
/// </summary>
internal static class StoreOpcodes
{
    internal static void DecodeOneByte(byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        switch (opcode)
        {
            case 0x80 or 0x81 or 0x83:
            case 0xc6 or 0xc7 when !prefixes.Lock:
                DecodeImmediate(opcode, ref code, prefixes, ref instruction);
                break;
            case 0xa2 or 0xa3 when !prefixes.Lock:
                DecodeAbsolute(opcode, ref code, prefixes, ref instruction);
                break;
            default:
                DecodeRegister(OneByteOperation(opcode, prefixes.Lock), opcode, ref code, prefixes, ref instruction);
                break;
        }
    }

    private static Operation OneByteOperation(byte opcode, bool locked) => opcode switch
    {
        0x00 or 0x01 or 0x08 or 0x09 or 0x20 or 0x21 or 0x28 or 0x29 or 0x30 or 0x31 => Arithmetic(opcode >> 3),
        0x86 or 0x87 => Operation.Exchange,
        0x88 or 0x89 when !locked => Operation.Store,
        _ => Operation.Unknown,
    };

    internal static void DecodeTwoByte(byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        if (opcode == 0xba)
            DecodeImmediateBit(ref code, prefixes, ref instruction);
        else
            DecodeRegister(TwoByteOperation(opcode), opcode, ref code, prefixes, ref instruction);
    }

    private static Operation TwoByteOperation(byte opcode) => opcode switch
    {
        0xab => Operation.BitSet,
        0xb3 => Operation.BitReset,
        0xbb => Operation.BitComplement,
        0xb0 or 0xb1 => Operation.CompareExchange,
        0xc0 or 0xc1 => Operation.ExchangeAdd,
        _ => Operation.Unknown,
    };

    // The number of an arithmetic operation in opcodes and opcode extensions; adc (2), sbb (3) and cmp (7) are not ours.
    private static Operation Arithmetic(int number) => number switch
    {
        0 => Operation.Add,
        1 => Operation.Or,
        4 => Operation.And,
        5 => Operation.Subtract,
        6 => Operation.Xor,
        _ => Operation.Unknown,
    };

    private static void DecodeRegister(Operation operation, byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        if (operation == Operation.Unknown)
            return;
        var modRm = ModRm.Read(ref code);
        if (modRm.IsRegister)
            return;
        modRm.ReadMemory(ref code, prefixes, ref instruction);
        instruction.Operation = operation;
        instruction.OperandSize = prefixes.OperandBytes(opcode);
        instruction.Source = OperandSource.Register;
        instruction.Register = modRm.Register(prefixes);
    }

    // An immediate is never longer than 4 bytes; opcode 0x83 alone widens a byte.
    private static void DecodeImmediate(byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        var modRm = ModRm.Read(ref code);
        var isMove = opcode >= 0xc6;
        var operation = isMove ? Move(modRm) : Arithmetic(modRm.Extension);
        if (modRm.IsRegister || operation == Operation.Unknown)
            return;
        modRm.ReadMemory(ref code, prefixes, ref instruction);
        var size = prefixes.OperandBytes(opcode);
        var length = opcode == 0x83 ? 1 : size == 8 ? 4 : size;
        instruction.Operation = operation;
        instruction.OperandSize = size;
        instruction.Source = OperandSource.Immediate;
        instruction.Immediate = unchecked((ulong)code.NextSigned(length));
    }

    private static Operation Move(ModRm modRm) => modRm.Extension == 0 ? Operation.Store : Operation.Unknown;

    // mov al/ax/eax/rax to an address of 8 bytes, or of 4 with an address-size prefix, zero-extended.
    private static void DecodeAbsolute(byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        instruction.Operation = Operation.Store;
        instruction.OperandSize = prefixes.OperandBytes(opcode);
        instruction.Source = OperandSource.Register;
        prefixes.BeginMemory(ref instruction);
        instruction.Memory.Displacement = prefixes.AddressSize ? code.NextSigned(4) & 0xffff_ffff : code.NextSigned(8);
    }

    private static void DecodeImmediateBit(ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        var modRm = ModRm.Read(ref code);
        var operation = modRm.Extension switch
        {
            5 => Operation.BitSet,
            6 => Operation.BitReset,
            7 => Operation.BitComplement,
            _ => Operation.Unknown,
        };
        if (modRm.IsRegister || operation == Operation.Unknown)
            return;
        modRm.ReadMemory(ref code, prefixes, ref instruction);
        instruction.Operation = operation;
        instruction.OperandSize = prefixes.WideOperandBytes;
        instruction.Source = OperandSource.Immediate;
        instruction.Immediate = code.Next();
    }
}
