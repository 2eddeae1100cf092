using System;
using System.Collections.Generic;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>ELF headers: the right one is read, every lie about sizes and offsets is refused.</summary>
public sealed class ElfTests
{
    private const int LoadHeader = 64;
    private const int NoteHeader = 120;

    [Fact]
    public void SegmentsAreEnumerated()
    {
        byte[] file = Elfs.Minimal(Elfs.StringNote(6, "test"));
        Assert.Equal(ImageError.None, Elf.Open(file, out Elf elf));
        Assert.Equal(Elfs.LoadAddress, elf.Entry);
        ElfSegment load = elf.Segment(file, 0);
        Assert.Equal((Elfs.LoadAddress, (ulong)Elfs.LoadSize), (load.PhysicalAddress, load.MemorySize));
        Assert.True(load.Data(file) == file.AsSpan(file.Length - Elfs.LoadSize));
        Assert.Equal(2, elf.SegmentCount);
        Assert.Equal((ElfSegmentType.Note, 24ul), (elf.Segment(file, 1).Type, elf.Segment(file, 1).FileSize));
    }

    [Theory]
    [InlineData(0, 0x10, ImageError.NotElf64)]
    [InlineData(4, 1, ImageError.NotElf64)]
    [InlineData(5, 2, ImageError.NotElf64)]
    [InlineData(6, 0, ImageError.NotElf64)]
    [InlineData(16, 1, ImageError.NotElf64)]
    [InlineData(18, 3, ImageError.NotElf64)]
    [InlineData(54, 32, ImageError.BadElfHeader)]
    [InlineData(56, 0, ImageError.BadElfHeader)]
    [InlineData(57, 0xFF, ImageError.BadElfHeader)]
    [InlineData(39, 0x80, ImageError.BadElfHeader)]
    [InlineData(35, 0x80, ImageError.BadElfHeader)]
    public void WrongHeadersAreRefused(int at, byte value, ImageError expected)
    {
        byte[] file = Elfs.Minimal();
        file[at] = value;
        Assert.Equal(expected, Elf.Open(file, out _));
    }

    /// <summary>Each 64-bit field of both headers gets values around every edge at which a sum could wrap.</summary>
    [Theory]
    [InlineData(LoadHeader + 8)]
    [InlineData(LoadHeader + 32)]
    [InlineData(NoteHeader + 8)]
    [InlineData(NoteHeader + 32)]
    public void OffsetsOutsideTheFileAreRefused(int field)
    {
        foreach (ulong value in Edges())
        {
            byte[] file = Elfs.Minimal(Elfs.StringNote(6, "test"));
            Elfs.UInt64(file, field, value);
            Assert.Equal(ImageError.BadElfSegment, Elf.Open(file, out _));
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    public void AddressesThatWrapAreRefused(int field)
    {
        byte[] file = Elfs.Minimal();
        Elfs.UInt64(file, LoadHeader + field, ulong.MaxValue - Elfs.LoadSize + 1);
        Assert.Equal(ImageError.BadElfSegment, Elf.Open(file, out _));
        Elfs.UInt64(file, LoadHeader + field, ulong.MaxValue - Elfs.LoadSize);
        Assert.Equal(ImageError.None, Elf.Open(file, out _));
    }

    [Fact]
    public void MemorySmallerThanTheFilePartIsRefused()
    {
        byte[] file = Elfs.Minimal();
        Elfs.UInt64(file, LoadHeader + 40, Elfs.LoadSize - 1);
        Assert.Equal(ImageError.BadElfSegment, Elf.Open(file, out _));
    }

    [Fact]
    public void NothingToLoadIsAnError()
    {
        byte[] file = Elfs.Minimal();
        Elfs.UInt32(file, LoadHeader, 7);
        Assert.Equal(ImageError.NothingToLoad, Elf.Open(file, out _));
    }

    [Fact]
    public void TruncationIsFound()
    {
        byte[] file = Elfs.Minimal(Elfs.StringNote(6, "test"));
        for (int length = 0; length < file.Length; length++)
            Assert.NotEqual(ImageError.None, Elf.Open(file.AsSpan(0, length), out _));
    }

    private static IEnumerable<ulong> Edges() =>
        [0x8000, int.MaxValue, 1ul << 31, uint.MaxValue, 1ul << 32, long.MaxValue, 1ul << 63, ulong.MaxValue - 100, ulong.MaxValue];
}
