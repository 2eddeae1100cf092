using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>Debian's real kernels, and a second, independent guest, its GRUB for Xen: what is read of them is what other tools read.</summary>
public sealed class DebianFileTests
{
    private static readonly ConcurrentDictionary<string, Lazy<SecondOpinion>> Opinions = new();

    public static TheoryData<string> Files => [DebianFile.Kernel, DebianFile.CloudKernel, DebianFile.Grub];

    [Theory]
    [MemberData(nameof(Files))]
    public void UnpacksToWhatTheCompressorYields(string name)
    {
        byte[] module = DebianFile.Read(name);
        byte[] expected = OpinionOf(name).File;
        Assert.Equal(ImageError.None, KernelImage.Open(module, out KernelImage image));
        Assert.Equal(OpinionOf(name).Compression, image.Compression);
        Assert.Equal(image.Compression == Compression.None ? 0 : expected.Length, image.DestinationSize);
        byte[] destination = new byte[image.DestinationSize];
        Assert.Equal(ImageError.None, image.Decompress(module, destination, new byte[KernelImage.WorkspaceSize]));
        Assert.True(image.File(module, destination).SequenceEqual(expected));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void SegmentsAreThoseOfReadelf(string name)
    {
        byte[] file = OpinionOf(name).File;
        Assert.Equal(ImageError.None, Elf.Open(file, out Elf elf));
        var segments = new List<(ulong, ulong, ulong, ulong, ulong)>();
        for (int index = 0; index < elf.SegmentCount; index++)
        {
            ElfSegment s = elf.Segment(file, index);
            if (s.IsLoaded)
                segments.Add((s.FileOffset, s.VirtualAddress, s.PhysicalAddress, s.FileSize, s.MemorySize));
        }
        Assert.Equal(OpinionOf(name).Segments, segments);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void NotesAreThoseOfReadelf(string name)
    {
        SecondOpinion other = OpinionOf(name);
        Assert.Equal(ImageError.None, KernelDescription.Read(other.File, out KernelDescription kernel));
        KernelNotes notes = kernel.Notes;
        Assert.Equal(other.NumberOf(1) ?? other.Entry, kernel.Entry);
        Assert.Equal(other.NumberOf(2), notes.HypercallPage);
        Assert.Equal(other.NumberOf(3) ?? 0, notes.VirtualBase);
        Assert.Equal(other.NumberOf(4) ?? 0, notes.PhysicalOffset);
        Assert.Equal(other.NumberOf(15), notes.InitialP2m);
        Assert.Equal(other.NumberOf(16) is > 0, notes.ModuleStartIsPfn);
        Assert.Equal((other.NumberOf(17) ?? 0) | other.NamedFeatures(demanded: false), notes.SupportedFeatures);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void ExtentIsThatOfTheSegments(string name)
    {
        SecondOpinion other = OpinionOf(name);
        Assert.Equal(ImageError.None, KernelDescription.Read(other.File, out KernelDescription kernel));
        ulong start = other.Segments.Min(segment => segment.Item3) - kernel.Notes.PhysicalOffset;
        ulong end = other.Segments.Max(segment => segment.Item3 + segment.Item5) - kernel.Notes.PhysicalOffset;
        Assert.Equal((start, end), (kernel.PhysicalStart, kernel.PhysicalEnd));
        Assert.Equal((kernel.Notes.VirtualBase + start, kernel.Notes.VirtualBase + end), (kernel.VirtualStart, kernel.VirtualEnd));
    }

    private static SecondOpinion OpinionOf(string name) =>
        Opinions.GetOrAdd(name, _ => new Lazy<SecondOpinion>(() => SecondOpinion.Of(DebianFile.Read(name)))).Value;
}
