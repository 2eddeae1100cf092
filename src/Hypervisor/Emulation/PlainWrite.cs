using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The three instructions with which Linux writes to its tables by itself, `mov %reg, (m)`, `xchg %reg, (m)` of 64 bits and `andb $n, (m)`, the
/// operand at a register and a displacement of at most a byte. They are told from eight bytes in a few steps; what this does not know is
/// <see cref="InstructionDecoder"/>'s, which reads the same in them.
/// </summary>
public struct PlainWrite
{
    /// <summary>Store, Exchange or And.</summary>
    public Operation Operation;

    /// <summary>Bytes of the instruction.</summary>
    public byte Length;

    /// <summary>The number of the general register that is stored or exchanged.</summary>
    public byte Register;

    /// <summary>The number of the general register that the address starts from.</summary>
    public byte Origin;

    public byte Immediate;

    private sbyte displacement;

    /// <summary>The operand's address.</summary>
    public readonly ulong AddressIn(in Registers registers) => unchecked(registers.Read(Origin) + (ulong)(long)displacement);

    /// <summary>Decodes the first of eight bytes, the lowest being the first; false where they begin with something else.</summary>
    public static bool TryDecode(ulong text, out PlainWrite write)
    {
        // REX.W with neither X; 87 or 89.
        unchecked
        {
            uint opcode = (uint)(text >> 8) & 0xff;
            if ((text & 0xfa) != 0x48 || (opcode != 0x87 && opcode != 0x89))
                return TryDecodeAnd(text, out write);
            uint modRm = (uint)(text >> 16) & 0xff;
            write = default;
            if (!IsPlain(modRm))
                return false;
            write.Operation = opcode == 0x87 ? Operation.Exchange : Operation.Store;
            write.Register = (byte)((modRm >> 3 & 7) | (uint)(text & 4) << 1);
            write.Origin = (byte)((modRm & 7) | (uint)(text & 1) << 3);
            write.displacement = modRm >= OneByte ? (sbyte)(text >> 24) : (sbyte)0;
            write.Length = (byte)(3 + (modRm >> 6));
            return true;
        }
    }

    private const uint OneByte = 0x40, FourBytes = 0x80;

    /// <summary>Whether it is memory at a register, with no SIB byte, not relative to RIP, and with a displacement of at most one byte.</summary>
    private static bool IsPlain(uint modRm) => modRm < FourBytes && (modRm & 7) != 4 && (modRm & 0xc7) != 5;

    /// <summary>A lock prefix, or the DS prefix that Linux makes of it on one processor; REX without W and X; 80 /4.</summary>
    private static bool TryDecodeAnd(ulong text, out PlainWrite write)
    {
        unchecked
        {
            write = default;
            uint length = 3, origin = 0;
            if ((text & 0xff) is 0xf0 or 0x3e)
                Skip(ref text, ref length);
            if ((text & 0xfe) == 0x40)
            {
                origin = (uint)(text & 1) << 3;
                Skip(ref text, ref length);
            }
            uint modRm = (uint)(text >> 8) & 0xff;
            if ((text & 0xff) != 0x80 || (modRm >> 3 & 7) != 4)
                return false;
            if ((modRm & 7) == 4 && (text >> 16 & 0xff) == RegisterAlone && modRm < FourBytes)
                Skip(ref text, ref length);
            else if (!IsPlain(modRm))
                return false;
            write.Origin = (byte)((modRm & 7) | origin);
            if (modRm >= OneByte)
            {
                write.displacement = (sbyte)(text >> 16);
                Skip(ref text, ref length);
            }
            write.Immediate = (byte)(text >> 16);
            write.Operation = Operation.And;
            write.Length = (byte)length;
            return true;
        }
    }

    /// <summary>The SIB byte of RSP or R12 alone, which no ModRM byte names.</summary>
    private const uint RegisterAlone = 0x24;

    private static void Skip(ref ulong text, ref uint length)
    {
        text >>= 8;
        length = unchecked(length + 1);
    }
}
