using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Serai.ImageCheck;

/// <summary>A symbol: its address and the section it lies in, 0 for none.</summary>
internal readonly record struct ElfSymbol(string Name, ulong Address, int Section);

/// <summary>A loaded segment; the flags are 1 execute, 2 write, 4 read.</summary>
internal readonly record struct ElfSegment(ulong Address, ulong FileSize, ulong MemorySize, uint Flags);

/// <summary>The parts of an ELF64 file that the rules look at. Source: System V ABI, object files.</summary>
internal sealed record ElfImage(IReadOnlyList<ElfSegment> Segments, IReadOnlyList<ElfSymbol> Symbols)
{
    private const uint LoadSegment = 1;
    private const uint SymbolTableSection = 2;

    /// <summary>The address of a symbol, or null if there is none of that name.</summary>
    public ulong? Find(string name)
    {
        foreach (ElfSymbol symbol in Symbols)
        {
            if (symbol.Name == name)
                return symbol.Address;
        }

        return null;
    }

    /// <summary>Reads the file; one that is no little-endian ELF64 is an <see cref="InvalidDataException"/>.</summary>
    public static ElfImage Read(byte[] file)
    {
        if (file.Length < 64 || BinaryPrimitives.ReadUInt32BigEndian(file) != 0x7f454c46 || file[4] != 2 || file[5] != 1)
            throw new InvalidDataException("not a little-endian ELF64 file");
        return new(ReadSegments(file), ReadSymbols(file));
    }

    private static List<ElfSegment> ReadSegments(byte[] file)
    {
        List<ElfSegment> segments = [];
        int offset = (int)Word(file, 32);
        for (int index = 0; index < Half(file, 56); index++, offset += 56)
        {
            if (Quarter(file, offset) == LoadSegment)
                segments.Add(new(Word(file, offset + 16), Word(file, offset + 32), Word(file, offset + 40), Quarter(file, offset + 4)));
        }

        return segments;
    }

    private static List<ElfSymbol> ReadSymbols(byte[] file)
    {
        List<ElfSymbol> symbols = [];
        int sections = (int)Word(file, 40);
        for (int index = 0; index < Half(file, 60); index++)
        {
            int header = sections + (index * 64);
            if (Quarter(file, header + 4) != SymbolTableSection)
                continue;
            int names = (int)Word(file, sections + ((int)Quarter(file, header + 40) * 64) + 24);
            int first = (int)Word(file, header + 24);
            int count = (int)(Word(file, header + 32) / 24);
            for (int entry = first + 24; entry < first + (count * 24); entry += 24)
                symbols.Add(new(Text(file, names + (int)Quarter(file, entry)), Word(file, entry + 8), Half(file, entry + 6)));
        }

        return symbols;
    }

    private static string Text(byte[] file, int offset)
    {
        int end = Array.IndexOf(file, (byte)0, offset);
        return Encoding.UTF8.GetString(file, offset, end - offset);
    }

    private static ulong Word(byte[] file, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(offset));

    private static uint Quarter(byte[] file, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(offset));

    private static ushort Half(byte[] file, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(offset));
}
