using System;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// CRC-64 of ECMA-182 (polynomial 0xC96C5795D7870F42, reflected) as xz uses by default. One byte a step:
/// kernels are checked with CRC-32, so this need not be fast.
/// </summary>
internal static class Crc64
{
    /// <summary>Bytes of workspace the table takes.</summary>
    public const int TableSize = 256 * sizeof(ulong);

    private const ulong Polynomial = 0xC96C5795D7870F42;

    /// <summary>Builds the table at the head of <paramref name="workspace"/>, which holds at least <see cref="TableSize"/> bytes.</summary>
    public static void BuildTable(Span<byte> workspace)
    {
        Span<ulong> table = MemoryMarshal.Cast<byte, ulong>(workspace.Slice(0, TableSize));
        for (int value = 0; value < table.Length; value++)
        {
            ulong crc = (ulong)value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? Polynomial : 0);
            table[value] = crc;
        }
    }

    /// <summary>The checksum of <paramref name="data"/>, by the table at the head of <paramref name="workspace"/>.</summary>
    public static ulong Compute(ReadOnlySpan<byte> workspace, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<ulong> table = MemoryMarshal.Cast<byte, ulong>(workspace).Slice(0, 256);
        ulong crc = ulong.MaxValue;
        foreach (byte value in data)
            crc = (crc >> 8) ^ table[(int)((crc ^ value) & 0xFF)];
        return ~crc;
    }
}
