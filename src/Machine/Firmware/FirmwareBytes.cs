using System;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Firmware;

/// <summary>Numbers in a firmware's table, by offset; what lies beyond the table's end is zero.</summary>
internal static class FirmwareBytes
{
    internal static uint Byte(ReadOnlySpan<byte> table, uint offset) => offset < table.Length ? table[(int)offset] : 0u;

    internal static uint Half(ReadOnlySpan<byte> table, uint offset) => Byte(table, offset) | Byte(table, offset + 1) << 8;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static uint Word(ReadOnlySpan<byte> table, uint offset) => Half(table, offset) | Half(table, offset + 2) << 16;

    internal static ulong Long(ReadOnlySpan<byte> table, uint offset) => Word(table, offset) | (ulong)Word(table, offset + 4) << 32;
}
