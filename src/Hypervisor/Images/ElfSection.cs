using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>One section header. Only notes matter here: a kernel is loaded by program headers, but may have its notes in a section alone.</summary>
internal readonly struct ElfSection
{
    /// <summary>The size of a header in the file.</summary>
    internal const int HeaderSize = 64;

    private const uint NoteType = 7;

    internal ElfSection(ReadOnlySpan<byte> header)
    {
        IsNote = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4)) == NoteType;
        FileOffset = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(24));
        Size = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(32));
    }

    /// <summary>Whether it is SHT_NOTE.</summary>
    internal bool IsNote { get; }

    /// <summary>Offset of the data in the file.</summary>
    internal ulong FileOffset { get; }

    /// <summary>Bytes in the file.</summary>
    internal ulong Size { get; }

    internal bool LiesInFile(int length) => FileOffset <= (ulong)length && Size <= (ulong)length - FileOffset;

    /// <summary>The data in <paramref name="file"/>, in which it lies.</summary>
    internal ReadOnlySpan<byte> Data(ReadOnlySpan<byte> file) => file.Slice((int)FileOffset, (int)Size);
}
