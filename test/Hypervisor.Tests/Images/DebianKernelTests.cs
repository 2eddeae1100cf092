using System;
using System.Collections.Generic;
using Serai.Abi;
using Serai.Hypervisor.Images;
using Xunit;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>Debian's real kernel comes out as `shared/abi/01-boot.md` read it from the binary.</summary>
public sealed class DebianKernelTests
{
    private static readonly Lazy<byte[]> Kernel = new(Decompress);

    [Fact]
    public void IsAnXzBzImage()
    {
        Assert.Equal(ImageError.None, KernelImage.Open(DebianKernel.Vmlinuz, out KernelImage image));
        Assert.Equal(Compression.Xz, image.Compression);
        Assert.Equal(65_906_612, image.DestinationSize);
    }

    [Fact]
    public void SegmentsAreThoseOfTheContract()
    {
        Assert.Equal(ImageError.None, Elf.Open(Kernel.Value, out Elf elf));
        var segments = new List<(ulong, ulong, ulong, ulong, ulong, uint)>();
        for (int index = 0; index < elf.SegmentCount; index++)
        {
            ElfSegment s = elf.Segment(Kernel.Value, index);
            if (s.IsLoaded)
                segments.Add((s.FileOffset, s.VirtualAddress, s.PhysicalAddress, s.FileSize, s.MemorySize, (uint)s.Flags));
        }
        Assert.Equal(
            [
                (0x200000, 0xffffffff81000000, 0x1000000, 0x18ea9f0, 0x18ea9f0, 5),
                (0x1c00000, 0xffffffff82a00000, 0x2a00000, 0x644000, 0x644000, 6),
                (0x2400000, 0, 0x3044000, 0x35000, 0x35000, 6),
                (0x2479000, 0xffffffff83079000, 0x3079000, 0x1987000, 0x1987000, 7),
            ],
            segments);
    }

    [Fact]
    public void NotesAreThoseOfTheContract()
    {
        Assert.Equal(ImageError.None, KernelDescription.Read(Kernel.Value, out KernelDescription kernel));
        Assert.Equal(0xffffffff830791c0, kernel.Entry);
        Assert.Equal(0x1000000ul, kernel.PhysicalStart);
        Assert.Equal(0x4a00000ul, kernel.PhysicalEnd);
        Assert.Equal(0xffffffff84a00000, kernel.VirtualEnd);
        KernelNotes notes = kernel.Notes;
        Assert.Null(notes.HypercallPage);
        Assert.Equal(0xffffffff80000000, notes.VirtualBase);
        Assert.Equal(0ul, notes.PhysicalOffset);
        Assert.Equal(0x8000000000ul, notes.InitialP2m);
        Assert.Equal(0xffff800000000000, notes.HypervisorStartLow);
        Assert.True(notes.ModuleStartIsPfn);
        Assert.True(notes.SuspendCancel);
        Assert.Equal((1ul, 1ul), (notes.L1MfnValidMask, notes.L1MfnValidValue));
        Assert.Equal(0x8811ul, notes.SupportedFeatures);
        Assert.Equal(1ul, notes.RequiredFeatures);
        Assert.True(notes.Supports(Feature.Dom0));
    }

    private static byte[] Decompress()
    {
        Assert.Equal(ImageError.None, KernelImage.Open(DebianKernel.Vmlinuz, out KernelImage image));
        byte[] destination = new byte[image.DestinationSize];
        Assert.Equal(ImageError.None, image.Decompress(DebianKernel.Vmlinuz, destination, new byte[KernelImage.WorkspaceSize]));
        return destination;
    }
}
