namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The privileged instructions that guests execute again and again, `in` and `out` of registers, RDMSR and WRMSR, told from eight bytes in a few
/// steps; all others, and these with more prefixes than the one for 16 bits, are <see cref="InstructionDecoder"/>'s, which reads the same in them.
/// </summary>
public static class PlainPrivileged
{
    /// <summary>Decodes the first of eight bytes, the lowest being the first; false where they begin with something else.</summary>
    public static bool TryDecode(ulong text, CodeMode mode, out Instruction instruction)
    {
        const uint escape = 0x0f, write = 0x30, read = 0x32, narrow = 0x66, port = 0xec;
        uint first = unchecked((uint)text & 0xff), second = unchecked((uint)(text >> 8) & 0xff);
        instruction = default;
        // ec, ed, ee, ef: to the left of the last bit what is done, the last bit whether it is more than a byte.
        if ((first & 0xfc) == port)
            return Set(ref instruction, first, (first & 1) == 0 ? 1 : 4, 1);
        if (first == narrow && (second & 0xfd) == port + 1)
            return Set(ref instruction, second, 2, 2);
        if (first != escape || (second != read && second != write) || mode != CodeMode.Long)
            return false;
        instruction.Operation = second == read ? Operation.ReadMsr : Operation.WriteMsr;
        instruction.Length = 2;
        return true;
    }

    private static bool Set(ref Instruction instruction, uint opcode, int size, int length)
    {
        instruction.Operation = (opcode & 2) == 0 ? Operation.In : Operation.Out;
        instruction.Source = OperandSource.Register;
        instruction.OperandSize = unchecked((byte)size);
        instruction.Length = unchecked((byte)length);
        return true;
    }
}
