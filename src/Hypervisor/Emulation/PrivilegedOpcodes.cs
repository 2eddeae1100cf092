namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The opcodes of privileged instructions, and of int n. Each method says whether the opcode is one of these, even where prefixes or operands
/// make it invalid; the operation then stays unknown. None of them may be locked.
/// </summary>
internal static class PrivilegedOpcodes
{
    private const byte Rsi = 6;
    private const byte Rdi = 7;

    internal static bool DecodeOneByte(byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction) => opcode switch
    {
        0x6c or 0x6d => DecodeString(Operation.InString, opcode, prefixes, ref instruction),
        0x6e or 0x6f => DecodeString(Operation.OutString, opcode, prefixes, ref instruction),
        0xcd => DecodeInterrupt(ref code, prefixes, ref instruction),
        0xe4 or 0xe5 or 0xec or 0xed => DecodePort(Operation.In, opcode, ref code, prefixes, ref instruction),
        0xe6 or 0xe7 or 0xee or 0xef => DecodePort(Operation.Out, opcode, ref code, prefixes, ref instruction),
        0xfa => Set(Operation.ClearInterruptFlag, prefixes, ref instruction),
        0xfb => Set(Operation.SetInterruptFlag, prefixes, ref instruction),
        _ => false,
    };

    internal static bool DecodeTwoByte(byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction) => opcode switch
    {
        0x01 => DecodeGroup7(ref code, prefixes, ref instruction),
        0x06 => Set(Operation.ClearTaskSwitched, prefixes, ref instruction),
        0x09 => Set(prefixes.Repeat ? Operation.WriteBackOnly : Operation.WriteBackInvalidate, prefixes, ref instruction),
        0x20 => DecodeSystemRegister(Operation.ReadControlRegister, ref code, prefixes, ref instruction),
        0x21 => DecodeSystemRegister(Operation.ReadDebugRegister, ref code, prefixes, ref instruction),
        0x22 => DecodeSystemRegister(Operation.WriteControlRegister, ref code, prefixes, ref instruction),
        0x23 => DecodeSystemRegister(Operation.WriteDebugRegister, ref code, prefixes, ref instruction),
        0x30 => Set(Operation.WriteMsr, prefixes, ref instruction),
        0x31 => Set(Operation.ReadTsc, prefixes, ref instruction),
        0x32 => Set(Operation.ReadMsr, prefixes, ref instruction),
        0xa2 => Set(Operation.Cpuid, prefixes, ref instruction),
        _ => false,
    };

    private static bool DecodeInterrupt(ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        instruction.Source = OperandSource.Immediate;
        instruction.Immediate = code.Next();
        return Set(Operation.SoftwareInterrupt, prefixes, ref instruction);
    }

    private static bool Set(Operation operation, in Prefixes prefixes, ref Instruction instruction)
    {
        if (!prefixes.Lock)
            instruction.Operation = operation;
        return true;
    }

    // There are no ports of 8 bytes: REX.W leaves 4.
    private static byte PortBytes(byte opcode, in Prefixes prefixes)
    {
        var size = prefixes.OperandBytes(opcode);
        return size == 8 ? (byte)4 : size;
    }

    private static bool DecodePort(Operation operation, byte opcode, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        instruction.OperandSize = PortBytes(opcode, prefixes);
        instruction.Source = OperandSource.Register;
        if ((opcode & 8) == 0)
        {
            instruction.Source = OperandSource.Immediate;
            instruction.Immediate = code.Next();
        }

        return Set(operation, prefixes, ref instruction);
    }

    // Only ins ignores a segment override: its destination is always ES. Compatibility mode has no flat segments to rely on and is refused.
    private static bool DecodeString(Operation operation, byte opcode, in Prefixes prefixes, ref Instruction instruction)
    {
        if (prefixes.Mode != CodeMode.Long)
            return true;
        instruction.OperandSize = PortBytes(opcode, prefixes);
        instruction.Source = OperandSource.Register;
        instruction.Repeated = prefixes.Repeat || prefixes.RepeatNotEqual;
        prefixes.BeginMemory(ref instruction);
        instruction.Memory.Origin = operation == Operation.InString ? Rdi : Rsi;
        instruction.Memory.Segment = operation == Operation.InString ? SegmentOverride.None : prefixes.Segment;
        return Set(operation, prefixes, ref instruction);
    }

    // The mod field is ignored: the operand is always a register, and always 8 bytes. LOCK MOV CR0 means CR8 to AMD; it is not for guests.
    private static bool DecodeSystemRegister(Operation operation, ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        var modRm = ModRm.Read(ref code);
        instruction.Source = OperandSource.Register;
        instruction.OperandSize = 8;
        instruction.Register = modRm.Direct(prefixes);
        instruction.SystemRegister = modRm.Register(prefixes);
        var isDebug = operation is Operation.ReadDebugRegister or Operation.WriteDebugRegister;
        return (isDebug && instruction.SystemRegister > 7) || Set(operation, prefixes, ref instruction);
    }

    private static bool DecodeGroup7(ref CodeReader code, in Prefixes prefixes, ref Instruction instruction)
    {
        var modRm = ModRm.Read(ref code);
        if (modRm.Value == 0xd1)
        {
            var plain = !prefixes.OperandSize && !prefixes.Repeat && !prefixes.RepeatNotEqual;
            return !plain || Set(Operation.SetExtendedControl, prefixes, ref instruction);
        }

        if (modRm.Value == 0xf9)
            return Set(Operation.ReadTscAndAux, prefixes, ref instruction);
        if (modRm.Extension != 7 || modRm.IsRegister)
            return true;
        modRm.ReadMemory(ref code, prefixes, ref instruction);
        return Set(Operation.InvalidatePage, prefixes, ref instruction);
    }
}
