using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>What other tools make of a kernel's file: the compressors unpack it, llvm-readelf reads it, gcc knows what features are called.</summary>
internal sealed partial class SecondOpinion
{
    // The program and the first bytes of its streams.
    private static readonly (Compression Compression, byte[] Magic, string Program)[] Packings =
    [
        (Compression.Xz, [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "xz -dc --single-stream"),
        (Compression.Zstd, [0x28, 0xb5, 0x2f, 0xfd], "zstd -dc"),
        (Compression.Lz4, [0x02, 0x21, 0x4c, 0x18], "lz4 -dc"),
        (Compression.Gzip, [0x1f, 0x8b, 0x08], "gzip -dc"),
    ];

    private readonly string segments, notes;

    private SecondOpinion(Compression compression, byte[] file)
    {
        Compression = compression;
        File = file;
        segments = Tell(file, "llvm-readelf --file-header --program-headers --wide FILE");
        // Without section headers it reads the notes where a loader looks for them.
        notes = Tell(file, "llvm-objcopy --strip-sections FILE FILE.plain && llvm-readelf --notes FILE.plain");
    }

    /// <summary>How the module is packed.</summary>
    public Compression Compression { get; }

    /// <summary>The kernel's ELF file.</summary>
    public byte[] File { get; }

    /// <summary>The header's entry point.</summary>
    public ulong Entry => Number(EntryLine().Match(segments).Groups[1].Value);

    /// <summary>The segments to load, as llvm-readelf prints them: offset, virtual and physical address, size in the file and in memory.</summary>
    public (ulong, ulong, ulong, ulong, ulong)[] Segments =>
    [
        .. SegmentLine().Matches(segments).Select(match => match.Groups).Select(group => (Number(group[1].Value), Number(group[2].Value),
            Number(group[3].Value), Number(group[4].Value), Number(group[5].Value))),
    ];

    /// <summary>Finds the packed kernel in a module: where a compressor's magic stands and the compressor yields an ELF file.</summary>
    public static SecondOpinion Of(byte[] module)
    {
        if (IsElf(module))
            return new SecondOpinion(Compression.None, module);
        foreach (var (compression, magic, program) in Packings)
        {
            for (int at = 0, next; (next = module.AsSpan(at).IndexOf(magic)) >= 0; at += next + 1)
            {
                // What follows the stream (the size) is an error to some of them, after they have written all.
                byte[] file = Compressor.Run($"({program} 2> /dev/null || true)", "", module.AsSpan(at + next));
                if (IsElf(file))
                    return new SecondOpinion(compression, file);
            }
        }
        throw new InvalidDataException("no compressor finds an ELF file in the module");
    }

    /// <summary>The bytes of the note of owner Xen and this type; null without one.</summary>
    public byte[]? Note(uint type)
    {
        foreach (Match match in NoteLines().Matches(notes))
        {
            string name = match.Groups[1].Value;
            uint found = name.StartsWith("NT_VERSION", StringComparison.Ordinal) ? 1
                : name.StartsWith("NT_ARCH", StringComparison.Ordinal) ? 2
                : (uint)Number(name.Split("(0x")[^1].TrimEnd(')'));
            if (found == type)
                return [.. match.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Convert.ToByte(text, 16))];
        }
        return null;
    }

    /// <summary>The number in a note, of four or eight bytes; null without the note.</summary>
    public ulong? NumberOf(uint type) => Note(type) switch
    {
        null => null,
        { Length: 4 } value => BinaryPrimitives.ReadUInt32LittleEndian(value),
        var value => BinaryPrimitives.ReadUInt64LittleEndian(value),
    };

    /// <summary>The bits of the features that note 10 names, by the numbers of Xen's header: of all, or of those that are demanded.</summary>
    public ulong NamedFeatures(bool demanded)
    {
        string[] names = Encoding.ASCII.GetString(Note(10) ?? []).TrimEnd('\0').Split('|');
        string header = Encoding.ASCII.GetString(Compressor.Run("gcc -E -dM -x c -", "", "#include <xen/features.h>\n"u8));
        Dictionary<string, int> numbers = FeatureLine().Matches(header)
            .ToDictionary(match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        return names.Where(name => !demanded || name.StartsWith('!')).Select(name => name.TrimStart('!')).Where(numbers.ContainsKey)
            .Aggregate(0ul, (bits, name) => bits | 1ul << numbers[name]);
    }

    private static bool IsElf(byte[] file) => file.AsSpan().StartsWith("\x7f"u8) && file.AsSpan(1).StartsWith("ELF"u8);

    private static string Tell(byte[] file, string command)
    {
        string directory = Directory.CreateTempSubdirectory("serai-images-").FullName;
        try
        {
            System.IO.File.WriteAllBytes(Path.Combine(directory, "kernel"), file);
            return Encoding.ASCII.GetString(Compressor.Capture("/bin/sh", ["-c", command.Replace("FILE", "kernel")], directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static ulong Number(string text) =>
        ulong.Parse(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Entry point address: +0x([0-9a-f]+)")]
    private static partial Regex EntryLine();

    [GeneratedRegex(@"^ +LOAD +(0x\w+) (0x\w+) (0x\w+) (0x\w+) (0x\w+) ([RWE ]{3}) 0x", RegexOptions.Multiline)]
    private static partial Regex SegmentLine();

    [GeneratedRegex(@"^ +Xen +0x[0-9a-f]+\t(.+)\n +description data: ?([0-9a-f ]*)$", RegexOptions.Multiline)]
    private static partial Regex NoteLines();

    [GeneratedRegex(@"^#define XENFEAT_(\w+) (\d+)$", RegexOptions.Multiline)]
    private static partial Regex FeatureLine();
}
