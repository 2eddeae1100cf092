using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Undoes the x86 branch filter of XZ (filter id 4), which replaced the relative targets of CALL and JMP by absolute ones
/// so that calls of one function look alike. A five-byte instruction is converted only when its target looks near
/// (top byte 00 or FF) and no unconverted opcode byte among the three before it makes that doubtful.
/// </summary>
internal static class X86Filter
{
    private const int InstructionSize = 5;

    /// <summary>Decodes <paramref name="data"/>, one whole block, in place; <paramref name="origin"/> is the address of its first byte.</summary>
    public static void Decode(Span<byte> data, uint origin)
    {
        unchecked
        {
            // One bit for each of the last three bytes that was an opcode left unconverted; bit 0 is the nearest.
            uint doubts = 0;
            int previous = -InstructionSize;
            int at = FindOpcode(data, 0);
            while (at <= data.Length - InstructionSize)
            {
                int gap = at - previous;
                doubts = gap > 3 ? 0 : (doubts << (gap - 1)) & 7;
                previous = at;
                if (Convert(data.Slice(at, InstructionSize), doubts, origin + (uint)at + InstructionSize))
                {
                    doubts = 0;
                    at = FindOpcode(data, at + InstructionSize);
                }
                else
                {
                    doubts = doubts << 1 | 1;
                    at = FindOpcode(data, at + 1);
                }
            }
        }
    }

    private static bool Convert(Span<byte> instruction, uint doubts, uint next)
    {
        unchecked
        {
            Span<byte> field = instruction.Slice(1, sizeof(uint));
            uint target = BinaryPrimitives.ReadUInt32LittleEndian(field);
            if (!IsNear(target >> 24))
                return false;
            uint displacement = target - next;
            if (doubts != 0)
            {
                // Two doubts at once are never converted. For one, the encoder looked at a lower byte too, and
                // complemented what lies below when its own arithmetic would have made that byte look near.
                if (doubts != 1 && doubts != 2 && doubts != 4)
                    return false;
                int shift = doubts == 4 ? 0 : 24 - 8 * (int)doubts;
                if (IsNear(target >> shift & 0xFF))
                    return false;
                if (IsNear(displacement >> shift & 0xFF))
                    displacement = (displacement ^ ((1u << (shift + 8)) - 1)) - next;
            }
            uint sign = 0u - (displacement & 0x0100_0000);
            BinaryPrimitives.WriteUInt32LittleEndian(field, (displacement & 0x01FF_FFFF) | sign);
            return true;
        }
    }

    private static bool IsNear(uint topByte) => topByte is 0 or 0xFF;

    /// <summary>Offset of the first E8 or E9 at or after <paramref name="start"/>, or the length of the data.</summary>
    private static int FindOpcode(ReadOnlySpan<byte> data, int start)
    {
        unchecked
        {
            ReadOnlySpan<byte> rest = data.Slice(start);
            while (rest.Length >= 8)
            {
                ulong word = BinaryPrimitives.ReadUInt64LittleEndian(rest);
                ulong differences = (word & 0xFEFE_FEFE_FEFE_FEFE) ^ 0xE8E8_E8E8_E8E8_E8E8;
                if (((differences - 0x0101_0101_0101_0101) & ~differences & 0x8080_8080_8080_8080) != 0)
                    break;
                rest = rest.Slice(8);
            }
            int index = 0;
            while (index < rest.Length && (rest[index] & 0xFE) != 0xE8)
                index++;
            return data.Length - rest.Length + index;
        }
    }
}
