using System;
using System.IO;

namespace Serai.Symbols;

/// <summary>
/// <c>Symbols IMAGE BLOB</c> writes the symbol table of a linked image; <c>Symbols --verify IMAGE</c> tells whether the table that
/// lies between symbols_start and symbols_end is that image's own, which a second link that moved code would break.
/// </summary>
public static class Program
{
    /// <summary>Exit status 0: done, or the table fits; 1: it does not, or a file is not as it must be; 2: wrong arguments.</summary>
    public static int Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["--verify", string image] => Verify(image),
                [string image, string blob] => Write(image, blob),
                _ => Fail(2, "usage: Symbols IMAGE BLOB | Symbols --verify IMAGE"),
            };
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Fail(1, fault.Message);
        }
    }

    private static int Write(string image, string blob)
    {
        SymbolBlob table = SymbolBlob.Of(ElfImage.Read(image));
        if (table.Methods == 0)
            return Fail(1, $"{image}: no symbols");
        File.WriteAllBytes(blob, table.Bytes);
        Console.WriteLine($"{blob}: {table.Methods} methods, {table.Rows} lines, {table.Bytes.Length} bytes");
        return 0;
    }

    private static int Verify(string image)
    {
        ElfImage elf = ElfImage.Read(image);
        ReadOnlySpan<byte> held = elf.Between("symbols_start", "symbols_end");
        if (held.IsEmpty)
            return Fail(1, $"{image}: nothing between symbols_start and symbols_end");
        byte[] expected = SymbolBlob.Of(elf).Bytes;
        bool fits = held.Length >= expected.Length && held[..expected.Length].SequenceEqual(expected);
        return fits ? 0 : Fail(1, $"{image}: the table between symbols_start and symbols_end is not this image's");
    }

    private static int Fail(int status, string reason)
    {
        Console.Error.WriteLine($"Symbols: {reason}");
        return status;
    }
}
