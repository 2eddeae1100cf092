using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The bytes of an instruction, read one after another. Reading beyond the end yields zeros and is remembered, so that the decoder needs one
/// check at its end and none on its way. The bytes are kept in two words and not as a span, which the compiler would have to clear with
/// vector registers that are the guest's.
/// </summary>
internal struct CodeReader
{
    private readonly ulong low;
    private readonly ulong high;
    private readonly int length;

    /// <summary>Takes at most <see cref="InstructionDecoder.MaximumLength"/> bytes.</summary>
    internal CodeReader(ReadOnlySpan<byte> bytes)
    {
        low = 0;
        high = 0;
        Position = 0;
        Exhausted = false;
        if (bytes.Length >= InstructionDecoder.MaximumLength)
        {
            length = InstructionDecoder.MaximumLength;
            low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            high = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Slice(length - 8)) >> 8;
            return;
        }
        length = bytes.Length;
        for (var i = 0; i < length; i++)
        {
            if (i < 8)
                low |= (ulong)bytes[i] << (8 * i);
            else
                high |= (ulong)bytes[i] << (8 * (i - 8));
        }
    }

    internal int Position { get; private set; }

    internal bool Exhausted { get; private set; }

    /// <summary>Fewer bytes were given than the longest instruction has: there may be more behind an unreadable page.</summary>
    internal readonly bool IsCut => length < InstructionDecoder.MaximumLength;

    /// <summary>Whether all begins with these 1..7 bytes, as a little-endian number; if so they are read.</summary>
    internal bool TrySkip(ulong bytes, int count)
    {
        if (length < count || (low & ((1UL << (8 * count)) - 1)) != bytes)
            return false;
        Position = count;
        return true;
    }

    internal byte Next()
    {
        if (Position >= length)
        {
            Exhausted = true;
            return 0;
        }

        var word = Position < 8 ? low : high;
        var value = unchecked((byte)(word >> (8 * (Position & 7))));
        Position++;
        return value;
    }

    internal void StepBack() => Position--;

    /// <summary>Reads a little-endian number of 1, 2, 4 or 8 bytes and sign-extends it.</summary>
    internal long NextSigned(int size)
    {
        ulong value = 0;
        for (var i = 0; i < size; i++)
            value |= (ulong)Next() << (8 * i);

        var unused = 64 - (8 * size);
        return unchecked((long)(value << unused)) >> unused;
    }
}
