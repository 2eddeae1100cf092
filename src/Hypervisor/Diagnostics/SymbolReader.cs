using System;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>Reads LEB128 numbers off a span. Past its end, or at a number over 64 bits, it fails for good and gives zeros and nothing.</summary>
internal ref struct SymbolReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    /// <summary>Whether something was asked for that was not there.</summary>
    public bool Failed { readonly get; private set; }

    /// <summary>Whether nothing can be read any more.</summary>
    public readonly bool AtEnd => rest.Length == 0;

    /// <summary>Takes an unsigned number.</summary>
    public ulong Unsigned() => Number(out _, out _);

    /// <summary>Takes a signed number.</summary>
    public long Signed()
    {
        ulong value = Number(out int bits, out bool negative);
        return unchecked((long)(negative && bits < 64 ? value | (ulong.MaxValue << bits) : value));
    }

    /// <summary>Takes bytes.</summary>
    public ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)rest.Length)
            return Fail();
        ReadOnlySpan<byte> taken = rest.Slice(0, (int)count);
        rest = rest.Slice((int)count);
        return taken;
    }

    /// <summary>Takes bytes and reads them on their own.</summary>
    public SymbolReader Part(ulong count) => new(Bytes(count));

    private ulong Number(out int bits, out bool negative)
    {
        ulong value = 0;
        for (int i = 0; i < rest.Length && i < 10; i++)
        {
            byte next = rest[i];
            value |= (ulong)(next & 0x7f) << (i * 7);
            if (next < 0x80)
            {
                rest = rest.Slice(i + 1);
                (bits, negative) = (i * 7 + 7, (next & 0x40) != 0);
                return value;
            }
        }
        Fail();
        (bits, negative) = (0, false);
        return 0;
    }

    private ReadOnlySpan<byte> Fail()
    {
        Failed = true;
        rest = [];
        return [];
    }
}
