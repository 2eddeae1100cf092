using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Serai.Symbols;

/// <summary>
/// The table as it lies in the image. A header of 28 bytes: the magic "SERSYM1\0", the address of the first method (8 bytes), the
/// number of methods, the offset of the strings and the whole length (4 each, little-endian). Then the methods by address, each in
/// LEB128: the gap behind the previous one's end, its size, its type, name and file (offsets into the strings), the line it starts
/// with, the length of its rows in bytes, the further rows: twice the bytes since the row before, plus one if the file changes; the
/// new file, if so; the signed change of the line. Each string is its length in LEB128 and its bytes; the first is empty.
/// </summary>
public sealed class SymbolBlob
{
    private const int HeaderBytes = 28;

    private readonly MemoryStream methods = new();
    private readonly MemoryStream strings = new();
    private readonly Dictionary<string, uint> offsets = [];

    private SymbolBlob() => Offset("");

    /// <summary>The table.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>How many methods it names.</summary>
    public int Methods { get; private set; }

    /// <summary>How many places in the code have a line of their own.</summary>
    public int Rows { get; private set; }

    /// <summary>Makes the table of an image; the same image gives the same bytes.</summary>
    public static SymbolBlob Of(ElfImage image)
    {
        List<LineRow> rows = LineProgram.Rows(image.Section(".debug_line"), image.Section(".debug_str"), image.Section(".debug_line_str"));
        return Of(CodeMap.Of(image, rows));
    }

    /// <summary>Makes the table of methods, which must be in the order of their addresses and must not overlap.</summary>
    public static SymbolBlob Of(IReadOnlyList<CodeMethod> map)
    {
        var blob = new SymbolBlob { Methods = map.Count };
        ulong end = map.Count == 0 ? 0 : map[0].Start;
        foreach (CodeMethod method in map)
        {
            blob.Write(method, end);
            end = method.End;
        }
        blob.Finish(map.Count == 0 ? 0 : map[0].Start);
        return blob;
    }

    private void Write(CodeMethod method, ulong previousEnd)
    {
        var rows = new MemoryStream();
        LineRow first = method.Rows.Count == 0 ? new LineRow(0, "", 0) : method.Rows[0];
        LineRow at = first with { Address = method.Start };
        foreach (LineRow row in method.Rows.Skip(1))
        {
            bool newFile = row.File != at.File;
            Unsigned(rows, (row.Address - at.Address) * 2 + (newFile ? 1u : 0u));
            if (newFile)
                Unsigned(rows, Offset(row.File));
            Signed(rows, (long)row.Line - at.Line);
            at = row;
        }
        Rows += method.Rows.Count;
        Unsigned(methods, method.Start - previousEnd);
        Unsigned(methods, method.End - method.Start);
        Unsigned(methods, Offset(method.Name.Type));
        Unsigned(methods, Offset(method.Name.Method));
        Unsigned(methods, Offset(first.File));
        Unsigned(methods, first.Line);
        Unsigned(methods, (ulong)rows.Length);
        rows.WriteTo(methods);
    }

    private void Finish(ulong start)
    {
        var bytes = new byte[HeaderBytes + methods.Length + strings.Length];
        "SERSYM1\0"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), start);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)Methods);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), (uint)(HeaderBytes + methods.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), (uint)bytes.Length);
        methods.ToArray().CopyTo(bytes, HeaderBytes);
        strings.ToArray().CopyTo(bytes, HeaderBytes + (int)methods.Length);
        Bytes = bytes;
    }

    private uint Offset(string text)
    {
        if (offsets.TryGetValue(text, out uint offset))
            return offset;
        offset = (uint)strings.Length;
        offsets.Add(text, offset);
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        Unsigned(strings, (ulong)encoded.Length);
        strings.Write(encoded);
        return offset;
    }

    private static void Unsigned(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }

    private static void Signed(MemoryStream stream, long value)
    {
        for (; value is < -64 or > 63; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)(value & 0x7f));
    }
}
