using System;

namespace Serai.Hypervisor.Dumps;

/// <summary>
/// A place in a symbol table, from which LEB128 numbers are read; each call takes the table anew. Past the end, or at a number over 64
/// bits, it fails for good and gives zeros.
/// </summary>
internal struct SymbolReader
{
    private const int Nowhere = -1;

    private int place;
    private int end;

    /// <summary>Reads from <paramref name="start"/> up to <paramref name="end"/>; failed from the start if that is not within the table.</summary>
    public SymbolReader(ReadOnlySpan<byte> table, ulong start, ulong end)
    {
        bool within = start <= end && end <= (ulong)table.Length;
        place = within ? (int)start : Nowhere;
        this.end = within ? (int)end : 0;
    }

    /// <summary>Whether something was asked for that was not there.</summary>
    public readonly bool Failed => place == Nowhere;

    /// <summary>Whether nothing can be read any more.</summary>
    public readonly bool AtEnd => place == Nowhere || place == end;

    /// <summary>The index of the next byte, for what lies there; 0 if it failed.</summary>
    public readonly ulong Place => place == Nowhere ? 0 : (ulong)place;

    /// <summary>Takes an unsigned number.</summary>
    public ulong Unsigned(ReadOnlySpan<byte> table) => Number(table, out _);

    /// <summary>Takes a signed number.</summary>
    public long Signed(ReadOnlySpan<byte> table)
    {
        ulong value = Number(table, out int bits);
        bool negative = bits is > 0 and < 64 && (value >> (bits - 1) & 1) != 0;
        return unchecked((long)(negative ? value | (ulong.MaxValue << bits) : value));
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(ulong count) => place = Failed || count > (ulong)(end - place) ? Nowhere : place + (int)count;

    private ulong Number(ReadOnlySpan<byte> table, out int bits)
    {
        ulong value = 0;
        bits = 0;
        while (bits < 64 && !AtEnd)
        {
            byte next = table[place];
            place++;
            value |= (ulong)(next & 0x7f) << bits;
            bits += 7;
            if (next < 0x80)
                return value;
        }
        place = Nowhere;
        bits = 0;
        return 0;
    }
}
