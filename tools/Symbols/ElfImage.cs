using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Serai.Symbols;

/// <summary>A name that an ELF symbol table gives to an address. A size of 0 means that the assembler knew none.</summary>
public readonly record struct ElfSymbol(string Name, ulong Address, ulong Size, bool IsFunction);

/// <summary>What this tool needs of a linked little-endian ELF64 file: its code's extents, its symbols there, its sections by name.</summary>
public sealed class ElfImage
{
    private const int HeaderBytes = 64;
    private const int SectionHeaderBytes = 64;
    private const int SymbolBytes = 24;
    private const uint SymbolTableType = 2;
    private const uint NoBitsType = 8;
    private const ulong ExecutableFlag = 4;
    private const int FunctionType = 2;

    private readonly byte[] file;
    private readonly List<Header> headers = [];

    private ElfImage(byte[] file) => this.file = file;

    private readonly record struct Header(string Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link);

    /// <summary>The extents of executable sections: address and end.</summary>
    public IEnumerable<(ulong Start, ulong End)> Code
    {
        get
        {
            foreach (Header header in headers)
            {
                if ((header.Flags & ExecutableFlag) != 0 && header.Size != 0)
                    yield return (header.Address, header.Address + header.Size);
            }
        }
    }

    /// <summary>Reads a file; InvalidDataException if it is not a whole little-endian ELF64.</summary>
    public static ElfImage Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads bytes; <paramref name="name"/> is for the message of an InvalidDataException.</summary>
    public static ElfImage Parse(byte[] file, string name)
    {
        if (file.Length < HeaderBytes || !file.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException($"{name}: not a little-endian ELF64");
        var image = new ElfImage(file);
        try
        {
            image.ReadHeaders();
        }
        catch (Exception fault) when (fault is ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{name}: damaged section headers", fault);
        }
        return image;
    }

    /// <summary>The contents of the first section of this name; empty if there is none.</summary>
    public ReadOnlySpan<byte> Section(string name)
    {
        foreach (Header header in headers)
        {
            if (header.Name == name)
                return Contents(header);
        }
        return default;
    }

    /// <summary>What the file loads between the addresses of two symbols; empty if there are none such or it loads nothing there.</summary>
    public ReadOnlySpan<byte> Between(string startSymbol, string endSymbol)
    {
        List<ElfSymbol> symbols = Symbols(_ => true);
        ulong start = symbols.Find(symbol => symbol.Name == startSymbol).Address;
        ulong end = symbols.Find(symbol => symbol.Name == endSymbol).Address;
        foreach (Header header in headers)
        {
            if (header.Address != 0 && start >= header.Address && start < end && end <= header.Address + header.Size)
                return Contents(header)[(int)(start - header.Address)..(int)(end - header.Address)];
        }
        return default;
    }

    /// <summary>Every named symbol within the code.</summary>
    public List<ElfSymbol> CodeSymbols() => Symbols(header => (header.Flags & ExecutableFlag) != 0);

    private List<ElfSymbol> Symbols(Predicate<Header> wanted)
    {
        var symbols = new List<ElfSymbol>();
        foreach (Header table in headers)
        {
            if (table.Type != SymbolTableType)
                continue;
            ReadOnlySpan<byte> names = Contents(headers[(int)table.Link]);
            ReadOnlySpan<byte> entries = Contents(table);
            for (; entries.Length >= SymbolBytes; entries = entries[SymbolBytes..])
            {
                int section = BinaryPrimitives.ReadUInt16LittleEndian(entries[6..]);
                string name = Text(names, BinaryPrimitives.ReadUInt32LittleEndian(entries));
                if (name.Length == 0 || section == 0 || section >= headers.Count || !wanted(headers[section]))
                    continue;
                ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entries[8..]);
                ulong size = BinaryPrimitives.ReadUInt64LittleEndian(entries[16..]);
                symbols.Add(new ElfSymbol(name, address, size, (entries[4] & 15) == FunctionType));
            }
        }
        return symbols;
    }

    /// <summary>The NUL-terminated text at an offset of a string section.</summary>
    public static string Text(ReadOnlySpan<byte> strings, ulong offset)
    {
        if (offset >= (ulong)strings.Length)
            throw new InvalidDataException("a name lies outside of its string table");
        ReadOnlySpan<byte> rest = strings[(int)offset..];
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private ReadOnlySpan<byte> Contents(Header header) =>
        header.Type == NoBitsType ? default : file.AsSpan(checked((int)header.Offset), checked((int)header.Size));

    private void ReadHeaders()
    {
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(40));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(60));
        int names = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(62));
        var offsets = new List<uint>();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> raw = file.AsSpan(checked((int)table) + i * SectionHeaderBytes, SectionHeaderBytes);
            offsets.Add(BinaryPrimitives.ReadUInt32LittleEndian(raw));
            headers.Add(new Header(
                "",
                BinaryPrimitives.ReadUInt32LittleEndian(raw[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(raw[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(raw[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(raw[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(raw[32..]),
                BinaryPrimitives.ReadUInt32LittleEndian(raw[40..])));
        }
        for (int i = 0; i < count; i++)
            headers[i] = headers[i] with { Name = Text(Contents(headers[names]), offsets[i]) };
    }
}
