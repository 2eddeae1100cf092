using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// CRC-32 of IEEE 802.3 (polynomial 0xEDB88320, reflected), eight bytes a step. The tables are built in memory of the caller:
/// entry [k][b] is the CRC of byte b followed by k zero bytes, so eight look-ups advance by eight bytes at once.
/// </summary>
internal static class Crc32
{
    /// <summary>Bytes of workspace the tables take.</summary>
    public const int TableSize = 8 * 256 * sizeof(uint);

    private const uint Polynomial = 0xEDB88320;

    /// <summary>Builds the tables at the head of <paramref name="workspace"/>, which holds at least <see cref="TableSize"/> bytes.</summary>
    public static void BuildTables(Span<byte> workspace)
    {
        Span<uint> tables = MemoryMarshal.Cast<byte, uint>(workspace.Slice(0, TableSize));
        for (int value = 0; value < 256; value++)
        {
            uint crc = (uint)value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? Polynomial : 0);
            tables[value] = crc;
        }
        for (int index = 256; index < tables.Length; index++)
        {
            uint previous = tables[index - 256];
            tables[index] = (previous >> 8) ^ tables[(int)(previous & 0xFF)];
        }
    }

    /// <summary>The checksum of <paramref name="data"/>, by the tables at the head of <paramref name="workspace"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> workspace, ReadOnlySpan<byte> data)
    {
        unchecked
        {
            ReadOnlySpan<uint> tables = MemoryMarshal.Cast<byte, uint>(workspace).Slice(0, 2048);
            uint crc = uint.MaxValue;
            while (data.Length >= 8)
            {
                ulong word = BinaryPrimitives.ReadUInt64LittleEndian(data) ^ crc;
                crc = tables[1792 + (int)(word & 0xFF)] ^ tables[1536 + (int)((word >> 8) & 0xFF)]
                    ^ tables[1280 + (int)((word >> 16) & 0xFF)] ^ tables[1024 + (int)((word >> 24) & 0xFF)]
                    ^ tables[768 + (int)((word >> 32) & 0xFF)] ^ tables[512 + (int)((word >> 40) & 0xFF)]
                    ^ tables[256 + (int)((word >> 48) & 0xFF)] ^ tables[(int)(word >> 56)];
                data = data.Slice(8);
            }
            foreach (byte value in data)
                crc = (crc >> 8) ^ tables[(int)((crc ^ value) & 0xFF)];
            return ~crc;
        }
    }
}
