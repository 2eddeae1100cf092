using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The instructions with which Linux writes to its tables by itself: `mov %reg, (m)`, `xchg %reg, (m)`, `cmpxchg %reg, (m)`, `bts $n, (m)` and
/// `btr $n, (m)` of 64 bits, `and $n, (m)` and `or $n, (m)` of a byte; the operand at a register and a displacement of at most a byte. They are told
/// from eight bytes in a few steps; what this does not know is <see cref="InstructionDecoder"/>'s, which reads the same in them.
/// </summary>
public struct PlainWrite
{
    /// <summary>Store, Exchange, CompareExchange, BitSet, BitReset, And or Or.</summary>
    public Operation Operation;

    /// <summary>Bytes of the instruction.</summary>
    public byte Length;

    /// <summary>The number of the general register that is stored or exchanged.</summary>
    public byte Register;

    /// <summary>The number of the general register that the address starts from.</summary>
    public byte Origin;

    /// <summary>The operand of a byte, or the number of a bit in its low six bits.</summary>
    public byte Immediate;

    private sbyte displacement;

    private const uint OneByte = 0x40, FourBytes = 0x80;

    /// <summary>Stands for the byte 0f before an opcode.</summary>
    private const uint Escape = 0x100;

    /// <summary>The SIB byte of RSP or R12 alone, which no ModRM byte names.</summary>
    private const uint RegisterAlone = 0x24;

    /// <summary>The operand's address.</summary>
    public readonly ulong AddressIn(in Registers registers) => unchecked(registers.Read(Origin) + (ulong)(long)displacement);

    /// <summary>Whether what it stores depends on what was there: all but a store and an exchange.</summary>
    public readonly bool DependsOnOld => Operation > Operation.Exchange;

    /// <summary>Whether it is and or or of a byte; all others are of a whole entry.</summary>
    public readonly bool IsOfByte => Operation is Operation.And or Operation.Or;

    /// <summary>The bits of an entry that and, or, bts and btr look at; `offset` is that of the operand in the entry, in bytes.</summary>
    public readonly ulong BitsAt(int offset) => IsOfByte ? (ulong)Immediate << offset * 8 : 1ul << (Immediate & 63);

    /// <summary>What and, or, bts and btr make of an entry.</summary>
    public readonly ulong After(ulong old, int offset) => Operation switch
    {
        Operation.And => old & (BitsAt(offset) | ~(0xfful << offset * 8)),
        Operation.BitReset => old & ~BitsAt(offset),
        _ => old | BitsAt(offset),
    };

    /// <summary>Decodes the first of eight bytes, the lowest being the first; false where they begin with something else.</summary>
    public static bool TryDecode(ulong text, out PlainWrite write)
    {
        // REX.W with neither X; 87 or 89.
        unchecked
        {
            uint opcode = (uint)(text >> 8) & 0xff;
            if ((text & 0xfa) != 0x48 || (opcode != 0x87 && opcode != 0x89))
                return TryDecodeOther(text, out write);
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

    /// <summary>Whether it is memory at a register, with no SIB byte, not relative to RIP, and with a displacement of at most one byte.</summary>
    private static bool IsPlain(uint modRm) => modRm < FourBytes && (modRm & 7) != 4 && (modRm & 0xc7) != 5;

    /// <summary>A lock prefix, or the DS prefix that Linux makes of it on one processor; REX without X; an opcode that may begin with 0f.</summary>
    private static bool TryDecodeOther(ulong text, out PlainWrite write)
    {
        unchecked
        {
            write = default;
            uint rex = 0, escape = 0;
            if ((text & 0xff) is 0xf0 or 0x3e)
                write.Skip(ref text);
            if ((text & 0xf2) == 0x40)
            {
                rex = (uint)text & 0xf;
                write.Skip(ref text);
            }
            if ((text & 0xff) == 0x0f)
            {
                escape = Escape;
                write.Skip(ref text);
            }
            uint extension = (uint)(text >> 11) & 7;
            write.Operation = OperationOf(escape | (uint)text & 0xff, extension, (rex & 8) != 0);
            write.Register = (byte)(extension | (rex & 4) << 1);
            write.Skip(ref text);
            return write.Operation != Operation.Unknown && write.TryReadOperand(text, (rex & 1) << 3);
        }
    }

    /// <summary>80 /1 and /4, 0f b1, 0f ba /5 and /6; those of words are known with 64 bits only.</summary>
    private static Operation OperationOf(uint opcode, uint extension, bool wide) => (opcode, extension, wide) switch
    {
        (0x80, 1, _) => Operation.Or,
        (0x80, 4, _) => Operation.And,
        (Escape + 0xb1, _, true) => Operation.CompareExchange,
        (Escape + 0xba, 5, true) => Operation.BitSet,
        (Escape + 0xba, 6, true) => Operation.BitReset,
        _ => Operation.Unknown,
    };

    /// <summary>Reads ModRM and what follows; `high` is the fourth bit of the register's number.</summary>
    private bool TryReadOperand(ulong text, uint high)
    {
        unchecked
        {
            uint modRm = (uint)text & 0xff;
            Skip(ref text);
            if ((modRm & 7) == 4 && (text & 0xff) == RegisterAlone && modRm < FourBytes)
                Skip(ref text);
            else if (!IsPlain(modRm))
                return false;
            Origin = (byte)((modRm & 7) | high);
            if (modRm >= OneByte)
            {
                displacement = (sbyte)text;
                Skip(ref text);
            }
            if (Operation == Operation.CompareExchange)
                return true;
            Immediate = (byte)text;
            Length++;
            return true;
        }
    }

    private void Skip(ref ulong text)
    {
        text >>= 8;
        Length = unchecked((byte)(Length + 1));
    }
}
