using System;

namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The bytes of an instruction, read one after another. Reading beyond the end yields zeros and is remembered, so that the decoder needs one
/// check at its end and none on its way.
/// </summary>
internal ref struct CodeReader
{
    private readonly ReadOnlySpan<byte> bytes;

    internal CodeReader(ReadOnlySpan<byte> bytes)
    {
        this.bytes = bytes;
        Position = 0;
        Exhausted = false;
    }

    internal int Position { get; private set; }

    internal bool Exhausted { get; private set; }

    internal byte Next()
    {
        if (Position >= bytes.Length)
        {
            Exhausted = true;
            return 0;
        }

        return bytes[Position++];
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
