using System;
using System.Collections.Generic;
using System.IO;

namespace Serai.Symbols;

/// <summary>The header of one program in .debug_line: DWARF 2 to 5, 6.2.4 in the standards of 4 and 5.</summary>
public sealed class LineHeader
{
    private const ulong PathContent = 1;
    private const ulong DirectoryContent = 2;

    private readonly List<string> directories = [];
    private readonly List<string> files = [];
    private bool countsFromZero;

    /// <summary>Bytes of the least instruction.</summary>
    public byte InstructionBytes { get; private set; }

    /// <summary>The line that the least special opcode adds.</summary>
    public sbyte LineBase { get; private set; }

    /// <summary>How many lines the special opcodes span.</summary>
    public byte LineRange { get; private set; }

    /// <summary>The first special opcode.</summary>
    public byte OpcodeBase { get; private set; }

    /// <summary>How many LEB128 operands each standard opcode has, from opcode 1.</summary>
    public byte[] Operands { get; private set; } = [];

    /// <summary>Reads a header up to where its program begins; <paramref name="unit"/> stands behind the unit's length.</summary>
    public static LineHeader Read(ref ByteReader unit, ReadOnlySpan<byte> strings, ReadOnlySpan<byte> lineStrings)
    {
        ushort version = unit.Word();
        if (version is < 2 or > 5)
            throw new InvalidDataException($"line information of DWARF {version} is unknown");
        if (version == 5)
            unit.Bytes(2);
        var reader = new ByteReader(unit.Bytes(unit.Double()));
        var header = new LineHeader { countsFromZero = version == 5, InstructionBytes = reader.Byte() };
        if (version >= 4)
            reader.Byte();
        reader.Byte();
        header.LineBase = (sbyte)reader.Byte();
        header.LineRange = reader.Byte();
        header.OpcodeBase = reader.Byte();
        header.Operands = reader.Bytes(header.OpcodeBase == 0 ? 0 : header.OpcodeBase - 1UL).ToArray();
        if (header.LineRange == 0 || header.OpcodeBase < 10)
            throw new InvalidDataException("damaged line information");
        if (version == 5)
            header.ReadTables(ref reader, strings, lineStrings);
        else
            header.ReadOldTables(ref reader);
        return header;
    }

    /// <summary>The path of a file by the number that the program gives it; empty for a number it never declared.</summary>
    public string File(ulong number)
    {
        ulong index = countsFromZero ? number : number - 1;
        return index < (ulong)files.Count ? files[(int)index] : "";
    }

    private void ReadOldTables(ref ByteReader reader)
    {
        directories.Add("");
        for (string directory = reader.Text(); directory.Length != 0; directory = reader.Text())
            directories.Add(directory);
        for (string name = reader.Text(); name.Length != 0; name = reader.Text())
        {
            files.Add(Join(reader.Unsigned(), name));
            reader.Unsigned();
            reader.Unsigned();
        }
    }

    private void ReadTables(ref ByteReader reader, ReadOnlySpan<byte> strings, ReadOnlySpan<byte> lineStrings)
    {
        foreach ((string path, _) in Entries(ref reader, strings, lineStrings))
            directories.Add(path);
        foreach ((string path, ulong directory) in Entries(ref reader, strings, lineStrings))
            files.Add(Join(directory, path));
    }

    private string Join(ulong directory, string name)
    {
        string place = directory < (ulong)directories.Count ? directories[(int)directory] : "";
        return place.Length == 0 || name.StartsWith('/') ? name : place + "/" + name;
    }

    private static List<(string Path, ulong Directory)> Entries(ref ByteReader reader, ReadOnlySpan<byte> strings, ReadOnlySpan<byte> lineStrings)
    {
        var format = new (ulong Content, ulong Form)[reader.Byte()];
        for (int i = 0; i < format.Length; i++)
            format[i] = (reader.Unsigned(), reader.Unsigned());
        var entries = new List<(string, ulong)>();
        for (ulong left = reader.Unsigned(); left != 0; left--)
        {
            (string path, ulong directory) = ("", 0);
            foreach ((ulong content, ulong form) in format)
            {
                (string text, ulong number) = Value(ref reader, form, strings, lineStrings);
                if (content == PathContent)
                    path = text;
                else if (content == DirectoryContent)
                    directory = number;
            }
            entries.Add((path, directory));
        }
        return entries;
    }

    // The forms that DWARF 5 allows in these tables (7.5.6).
    private static (string Text, ulong Number) Value(ref ByteReader reader, ulong form, ReadOnlySpan<byte> strings, ReadOnlySpan<byte> lineStrings)
    {
        switch (form)
        {
            case 0x08:
                return (reader.Text(), 0);
            case 0x0e:
                return (ElfImage.Text(strings, reader.Double()), 0);
            case 0x1f:
                return (ElfImage.Text(lineStrings, reader.Double()), 0);
            case 0x0b:
                return ("", reader.Byte());
            case 0x05:
                return ("", reader.Word());
            case 0x0f:
                return ("", reader.Unsigned());
            case 0x1e:
                reader.Bytes(16);
                return ("", 0);
            default:
                throw new InvalidDataException($"line information in form 0x{form:x} is unknown");
        }
    }
}
