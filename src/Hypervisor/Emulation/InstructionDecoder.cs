using System;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// Decodes the instructions that a guest may not execute itself but that we perform for it: privileged ones, and those that write to page
/// tables. Nothing is trusted: the bytes are the guest's, and may change between the trap and the fetch.
/// </summary>
public static class InstructionDecoder
{
    /// <summary>The longest instruction in bytes; a longer one is #GP to the processor and unknown to us.</summary>
    public const int MaximumLength = 15;

    // ud2, "xen"
    private const ulong ForcedEmulationPrefix = 0x6e_6578_0b0f;
    private const int ForcedEmulationBytes = 5;

    /// <summary>
    /// Decodes the instruction at the start of <paramref name="bytes"/>, which should be 15 long, or end at a page that cannot be read. The
    /// result is <see cref="Operation.NeedMoreBytes"/> if the instruction reaches beyond them: the guest then gets a #PF for its fetch.
    /// </summary>
    public static void Decode(ReadOnlySpan<byte> bytes, CodeMode mode, out Instruction instruction)
    {
        instruction = default;
        var code = new CodeReader(bytes);

        // A prefix that the bytes cut short is a plain ud2, whose #UD does not need the bytes after it.
        if (code.TrySkip(ForcedEmulationPrefix, ForcedEmulationBytes))
            DecodeForced(ref code, ref instruction);
        else
            DecodeOrdinary(ref code, mode, ref instruction);

        var operation = instruction.Operation;
        if (code.Exhausted)
            operation = code.IsCut ? Operation.NeedMoreBytes : Operation.Unknown;
        if (operation is Operation.Unknown or Operation.NeedMoreBytes)
            instruction = default;
        else
            instruction.Length = unchecked((byte)code.Position);
        instruction.Operation = operation;
    }

    private static void DecodeForced(ref CodeReader code, ref Instruction instruction)
    {
        if (code.Next() == 0x0f && code.Next() == 0xa2)
            instruction.Operation = Operation.ForcedCpuid;
    }

    private static void DecodeOrdinary(ref CodeReader code, CodeMode mode, ref Instruction instruction)
    {
        var prefixes = Prefixes.Read(ref code, mode);
        instruction.Rex = prefixes.Rex != 0;
        instruction.Locked = prefixes.Lock;
        var opcode = code.Next();
        if (opcode != 0x0f)
        {
            if (PrivilegedOpcodes.DecodeOneByte(opcode, ref code, prefixes, ref instruction) || mode != CodeMode.Long)
                return;
            StoreOpcodes.DecodeOneByte(opcode, ref code, prefixes, ref instruction);
        }
        else if (mode == CodeMode.Long)
        {
            opcode = code.Next();
            if (!PrivilegedOpcodes.DecodeTwoByte(opcode, ref code, prefixes, ref instruction))
                StoreOpcodes.DecodeTwoByte(opcode, ref code, prefixes, ref instruction);
        }
    }
}
