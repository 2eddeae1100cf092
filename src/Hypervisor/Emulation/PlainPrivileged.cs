namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The privileged instructions that guests execute again and again, `in` and `out`, RDMSR and WRMSR, told from eight bytes in a few steps; all
/// others, and these with more prefixes than the one for 16 bits, are <see cref="InstructionDecoder"/>'s, which reads the same in them.
/// </summary>
public static class PlainPrivileged
{
    /// <summary>Decodes the first of eight bytes, the lowest being the first; false where they begin with something else.</summary>
    public static bool TryDecode(ulong text, CodeMode mode, out Instruction instruction)
    {
        const uint escape = 0x0f, write = 0x30, read = 0x32, narrow = 0x66, ports = 0xe4;
        uint first = unchecked((uint)text & 0xff), second = unchecked((uint)(text >> 8) & 0xff);
        instruction = default;
        // e4 to e7 and ec to ef: bit 3 is where the port is, in DX or behind the opcode, bit 1 what is done, bit 0 whether it is more than a byte.
        if ((first & 0xf4) == ports)
            return Set(ref instruction, text, (first & 1) == 0 ? 1 : 4, 1);
        if (first == narrow && (second & 0xf5) == ports + 1)
            return Set(ref instruction, text >> 8, 2, 2);
        if (first != escape || (second != read && second != write) || mode != CodeMode.Long)
            return false;
        instruction.Operation = second == read ? Operation.ReadMsr : Operation.WriteMsr;
        instruction.Length = 2;
        return true;
    }

    private static bool Set(ref Instruction instruction, ulong text, int size, int length)
    {
        instruction.Operation = (text & 2) == 0 ? Operation.In : Operation.Out;
        instruction.Source = OperandSource.Register;
        instruction.OperandSize = unchecked((byte)size);
        instruction.Length = unchecked((byte)length);
        if ((text & 8) != 0)
            return true;
        instruction.Source = OperandSource.Immediate;
        instruction.Immediate = text >> 8 & 0xff;
        instruction.Length = unchecked((byte)(length + 1));
        return true;
    }
}
