using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Diagnostics;

/// <summary>Where an address of code comes from. The spans point into the table.</summary>
public ref struct SymbolLocation
{
    /// <summary>The full name of the type; empty for a label in assembly.</summary>
    public ReadOnlySpan<byte> Type;

    /// <summary>The method, or the label.</summary>
    public ReadOnlySpan<byte> Method;

    /// <summary>The source's path within the repository; empty if not known.</summary>
    public ReadOnlySpan<byte> File;

    /// <summary>The line, from 1; 0: not known.</summary>
    public uint Line;

    /// <summary>Bytes from the start of the method.</summary>
    public ulong Offset;
}

/// <summary>
/// The names and lines of our own code, for backtraces. tools/Symbols makes the table from the linked image and describes its form
/// (SymbolBlob); it is the image's last read-only section. A lookup reads it from its beginning: it serves a panic, which is neither
/// in a hurry nor allowed to fail, so a damaged table finds nothing and faults never.
/// </summary>
public readonly ref struct SymbolTable
{
    private const int HeaderBytes = 28;

    private readonly ReadOnlySpan<byte> methods;
    private readonly ReadOnlySpan<byte> strings;
    private readonly ulong start;
    private readonly uint count;

    /// <summary>Opens a table; anything else, an empty section too, becomes a table without methods.</summary>
    public SymbolTable(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < HeaderBytes || !IsMagic(blob))
            return;
        uint stringsOffset = BinaryPrimitives.ReadUInt32LittleEndian(blob.Slice(20));
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(blob.Slice(24));
        if (length > (uint)blob.Length || stringsOffset > length || stringsOffset < HeaderBytes)
            return;
        start = BinaryPrimitives.ReadUInt64LittleEndian(blob.Slice(8));
        count = BinaryPrimitives.ReadUInt32LittleEndian(blob.Slice(16));
        methods = blob.Slice(HeaderBytes, (int)stringsOffset - HeaderBytes);
        strings = blob.Slice((int)stringsOffset, (int)(length - stringsOffset));
    }

    /// <summary>How many methods the table names; 0 if there is no table.</summary>
    public uint Count => count;

    /// <summary>Finds what the instruction at an address belongs to.</summary>
    public bool TryFind(ulong address, out SymbolLocation location)
    {
        location = default;
        var reader = new SymbolReader(methods);
        ulong at = start;
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            at = unchecked(at + reader.Unsigned());
            ulong size = reader.Unsigned();
            if (unchecked(address - at) < size)
                return TryRead(ref reader, unchecked(address - at), out location);
            Skip(ref reader);
            at = unchecked(at + size);
        }
        return false;
    }

    /// <summary>
    /// Finds the call that a return address follows: the byte before it, as a call may be the last instruction of its line or method.
    /// </summary>
    public bool TryFindCall(ulong returnAddress, out SymbolLocation location) => TryFind(unchecked(returnAddress - 1), out location);

    private bool TryRead(scoped ref SymbolReader reader, ulong offset, out SymbolLocation location)
    {
        location = default;
        location.Offset = offset;
        location.Type = Text(reader.Unsigned());
        location.Method = Text(reader.Unsigned());
        ulong file = reader.Unsigned();
        ulong line = reader.Unsigned();
        SymbolReader rows = reader.Part(reader.Unsigned());
        if (reader.Failed)
            return false;
        Follow(rows, offset, ref file, ref line);
        location.File = Text(file);
        location.Line = unchecked((uint)line);
        return true;
    }

    private static void Follow(SymbolReader rows, ulong offset, ref ulong file, ref ulong line)
    {
        while (!rows.AtEnd)
        {
            ulong step = rows.Unsigned();
            if (step >> 1 > offset)
                return;
            offset -= step >> 1;
            if ((step & 1) != 0)
                file = rows.Unsigned();
            line = unchecked(line + (ulong)rows.Signed());
        }
    }

    private static void Skip(ref SymbolReader reader)
    {
        for (int field = 0; field < 4; field++)
            reader.Unsigned();
        reader.Part(reader.Unsigned());
    }

    private ReadOnlySpan<byte> Text(ulong offset)
    {
        if (offset >= (ulong)strings.Length)
            return [];
        var reader = new SymbolReader(strings.Slice((int)offset));
        return reader.Bytes(reader.Unsigned());
    }

    private static bool IsMagic(ReadOnlySpan<byte> blob)
    {
        ReadOnlySpan<byte> magic = "SERSYM1\0"u8;
        for (int i = 0; i < magic.Length; i++)
        {
            if (blob[i] != magic[i])
                return false;
        }
        return true;
    }
}
