using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Dumps;

/// <summary>Where an address of code comes from. The texts are places in the table: <see cref="SymbolTable.Text"/>.</summary>
public struct SymbolLocation
{
    /// <summary>The full name of the type; empty for a label in assembly.</summary>
    public ulong Type;

    /// <summary>The method, or the label.</summary>
    public ulong Method;

    /// <summary>The source's path within the repository; empty if not known.</summary>
    public ulong File;

    /// <summary>The line, from 1; 0: not known.</summary>
    public uint Line;

    /// <summary>Bytes from the start of the method.</summary>
    public ulong Offset;
}

/// <summary>
/// The names and lines of our own code, for backtraces. tools/Symbols makes the table from the linked image and describes its form
/// (SymbolBlob); it is the image's last read-only content, from symbols_start to symbols_end. A lookup reads it from its beginning: it
/// serves a panic, which is neither in a hurry nor allowed to fail, so a damaged table finds nothing and faults never. There is no
/// object for the table, only its bytes, as a local object of spans would be zeroed with the guest's vector registers.
/// </summary>
public static class SymbolTable
{
    private const int HeaderBytes = 28;

    /// <summary>How many methods the table names; 0 if it is not a table, as an empty section is not.</summary>
    public static uint Count(ReadOnlySpan<byte> table) =>
        IsTable(table) ? BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(16)) : 0;

    /// <summary>Finds what the instruction at an address belongs to.</summary>
    public static bool TryFind(ReadOnlySpan<byte> table, ulong address, out SymbolLocation location)
    {
        location = default;
        uint count = Count(table);
        if (count == 0)
            return false;
        var reader = new SymbolReader(table, HeaderBytes, StringsOffset(table));
        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(table.Slice(8));
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            at = unchecked(at + reader.Unsigned(table));
            ulong size = reader.Unsigned(table);
            if (unchecked(address - at) < size)
                return TryRead(table, ref reader, unchecked(address - at), out location);
            Skip(table, ref reader);
            at = unchecked(at + size);
        }
        return false;
    }

    /// <summary>
    /// Finds the call that a return address follows: the byte before it, as a call may be the last instruction of its line or method.
    /// </summary>
    public static bool TryFindCall(ReadOnlySpan<byte> table, ulong returnAddress, out SymbolLocation location) =>
        TryFind(table, unchecked(returnAddress - 1), out location);

    /// <summary>The text at a place that a location gives, in UTF-8; empty if there is none.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> table, ulong place)
    {
        if (place > (ulong)table.Length)
            return [];
        var reader = new SymbolReader(table, place, (ulong)table.Length);
        ulong length = reader.Unsigned(table);
        ulong start = reader.Place;
        reader.Skip(length);
        return reader.Failed ? [] : table.Slice((int)start, (int)length);
    }

    private static bool TryRead(ReadOnlySpan<byte> table, ref SymbolReader reader, ulong offset, out SymbolLocation location)
    {
        ulong strings = StringsOffset(table);
        location = default;
        location.Offset = offset;
        location.Type = unchecked(strings + reader.Unsigned(table));
        location.Method = unchecked(strings + reader.Unsigned(table));
        ulong file = reader.Unsigned(table);
        ulong line = reader.Unsigned(table);
        ulong length = reader.Unsigned(table);
        ulong start = reader.Place;
        reader.Skip(length);
        if (reader.Failed)
            return false;
        var rows = new SymbolReader(table, start, start + length);
        Follow(table, ref rows, offset, ref file, ref line);
        location.File = unchecked(strings + file);
        location.Line = unchecked((uint)line);
        return true;
    }

    private static void Follow(ReadOnlySpan<byte> table, ref SymbolReader rows, ulong offset, ref ulong file, ref ulong line)
    {
        while (!rows.AtEnd)
        {
            ulong step = rows.Unsigned(table);
            if (step >> 1 > offset)
                return;
            offset -= step >> 1;
            if ((step & 1) != 0)
                file = rows.Unsigned(table);
            line = unchecked(line + (ulong)rows.Signed(table));
        }
    }

    private static void Skip(ReadOnlySpan<byte> table, ref SymbolReader reader)
    {
        for (int field = 0; field < 4; field++)
            reader.Unsigned(table);
        reader.Skip(reader.Unsigned(table));
    }

    private static ulong StringsOffset(ReadOnlySpan<byte> table) => BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(20));

    private static bool IsTable(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith("SERSYM1\0"u8))
            return false;
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(24));
        return length <= (ulong)bytes.Length && StringsOffset(bytes) <= length;
    }
}
