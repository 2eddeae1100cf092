using System;
using Serai.Abi;
using Serai.Hypervisor.Images;
using Xunit;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>Xen notes: widths, owners, features, and addresses that must lie in the image.</summary>
public sealed class XenNotesTests
{
    private const ulong VirtualBase = 0xffffffff80000000;
    private static readonly byte[] GuestOs = Elfs.StringNote((uint)ElfNote.GuestOs, "test");

    [Fact]
    public void NumbersOfBothWidthsAreRead()
    {
        Assert.Equal(ImageError.None, Read(out KernelDescription kernel,
            Elfs.NumberNote((uint)ElfNote.VirtualBase, VirtualBase),
            Elfs.NumberNote((uint)ElfNote.Entry, VirtualBase + Elfs.LoadAddress),
            Elfs.Note((uint)ElfNote.SupportedFeatures, [0x01, 0x88, 0, 0])));
        Assert.Equal(VirtualBase + Elfs.LoadAddress, kernel.Entry);
        Assert.Equal(VirtualBase + Elfs.LoadAddress, kernel.VirtualStart);
        Assert.Equal(Elfs.LoadAddress + Elfs.LoadSize, kernel.PhysicalEnd);
        Assert.Equal(0x8801ul, kernel.Notes.SupportedFeatures);
    }

    [Fact]
    public void PhysicalOffsetIsTakenOff()
    {
        Assert.Equal(ImageError.None, Read(out KernelDescription kernel,
            Elfs.NumberNote((uint)ElfNote.PhysicalOffset, Elfs.LoadAddress),
            Elfs.NumberNote((uint)ElfNote.VirtualBase, Elfs.LoadAddress)));
        Assert.Equal((0ul, Elfs.LoadAddress), (kernel.PhysicalStart, kernel.VirtualStart));
        Assert.Equal(ImageError.BadXenNote, Read(out _, Elfs.NumberNote((uint)ElfNote.PhysicalOffset, Elfs.LoadAddress + 1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    public void NumbersOfOtherWidthsAreRefused(int size) =>
        Assert.Equal(ImageError.BadXenNote, Read(out _, Elfs.Note((uint)ElfNote.Entry, new byte[size])));

    [Fact]
    public void OnlyNotesOfXenCount()
    {
        byte[] foreign = Elfs.Note((uint)ElfNote.Entry, [1, 2, 3], owner: "GNU\0");
        Assert.Equal(ImageError.NoXenNotes, Read(out _));
        Assert.Equal(ImageError.NoXenNotes, Read(out _, foreign));
        Assert.Equal(ImageError.NoXenNotes, Read(out _, Elfs.Note(6, [1], owner: "Xenon\0")));
        Assert.Equal(ImageError.None, Read(out _, foreign, GuestOs, foreign));
    }

    [Fact]
    public void NotesInASectionOnlyAreRead()
    {
        byte[] entry = Elfs.NumberNote((uint)ElfNote.Entry, Elfs.LoadAddress + 16);
        Assert.Equal(ImageError.NoXenNotes, Read(out _));
        byte[] file = Elfs.WithSection(Elfs.Minimal(), type: 7, [.. GuestOs, .. entry]);
        Assert.Equal(ImageError.None, KernelDescription.Read(file, out KernelDescription kernel));
        Assert.Equal(Elfs.LoadAddress + 16, kernel.Entry);
        Assert.Equal(ImageError.NoXenNotes, KernelDescription.Read(Elfs.WithSection(Elfs.Minimal(), type: 1, entry), out _));
        // Where a segment has notes, sections do not count.
        file = Elfs.WithSection(Elfs.Minimal(GuestOs), type: 7, entry);
        Assert.Equal(ImageError.None, KernelDescription.Read(file, out kernel));
        Assert.Equal(Elfs.LoadAddress, kernel.Entry);
    }

    /// <summary>Nothing is loaded by sections: a table of them that makes no sense is none, and refuses no kernel.</summary>
    [Theory]
    [InlineData(40, ulong.MaxValue)]
    [InlineData(40, 0x7fff_ffff_ffff_ffff)]
    [InlineData(58, 65ul)]
    [InlineData(60, 0xfffful)]
    public void ATableOfSectionsOutsideTheFileIsNone(int field, ulong value)
    {
        byte[] file = Elfs.WithSection(Elfs.Minimal(), type: 7, GuestOs);
        if (field == 40)
            Elfs.UInt64(file, field, value);
        else
            Elfs.UInt16(file, field, (ushort)value);
        Assert.Equal(ImageError.NoXenNotes, KernelDescription.Read(file, out _));
    }

    [Theory]
    [InlineData(24, ulong.MaxValue)]
    [InlineData(32, ulong.MaxValue)]
    [InlineData(32, 0x10000ul)]
    public void ASectionOutsideTheFileIsPassedBy(int field, ulong value)
    {
        byte[] file = Elfs.WithSection(Elfs.Minimal(), type: 7, GuestOs);
        Elfs.UInt64(file, file.Length - 64 + field, value);
        Assert.Equal(ImageError.NoXenNotes, KernelDescription.Read(file, out _));
    }

    [Fact]
    public void WhoTellsNothingOfItsFeaturesIsTold()
    {
        Assert.Equal(ImageError.None, Read(out KernelDescription kernel, GuestOs));
        Assert.False(kernel.Notes.TellsSupportedFeatures);
        Assert.Equal(ImageError.None, Read(out kernel, Elfs.NumberNote((uint)ElfNote.SupportedFeatures, 0)));
        Assert.True(kernel.Notes.TellsSupportedFeatures);
    }

    [Theory]
    [InlineData(ElfNote.Loader, "generic", ImageError.None)]
    [InlineData(ElfNote.Loader, "mine", ImageError.WrongInterface)]
    [InlineData(ElfNote.XenVersion, "xen-3.0", ImageError.None)]
    [InlineData(ElfNote.XenVersion, "xen-2.0", ImageError.WrongInterface)]
    [InlineData(ElfNote.Features, "", ImageError.None)]
    [InlineData(ElfNote.Features, "|||", ImageError.None)]
    [InlineData(ElfNote.Features, "!writable_page_tables|pae_pgdir_above_4gb", ImageError.None)]
    [InlineData(ElfNote.Features, "hvm_callback_vector|fancy", ImageError.None)]
    [InlineData(ElfNote.Features, "dom0|!supervisor_mode_kernel", ImageError.FeatureMissing)]
    [InlineData(ElfNote.Features, "!fancy", ImageError.FeatureMissing)]
    [InlineData(ElfNote.Features, "!", ImageError.None)]
    public void StringsDecide(ElfNote type, string text, ImageError expected) =>
        Assert.Equal(expected, Read(out _, Elfs.StringNote((uint)type, text)));

    [Fact]
    public void OtherFeaturesThanTheMissingOneAreRead()
    {
        byte[] file = Elfs.Minimal(GuestOs, Elfs.StringNote((uint)ElfNote.Features, "!dom0|x|!auto_translated_physmap|!other"));
        Assert.Equal(ImageError.FeatureMissing, KernelDescription.Read(file, out KernelDescription kernel));
        Assert.True(kernel.Notes.Supports(Feature.Dom0));
    }

    [Theory]
    [InlineData(ElfNote.Entry, Elfs.LoadAddress - 1)]
    [InlineData(ElfNote.Entry, Elfs.LoadAddress + Elfs.LoadSize)]
    [InlineData(ElfNote.Entry, ulong.MaxValue)]
    [InlineData(ElfNote.HypercallPage, Elfs.LoadAddress + 8)]
    [InlineData(ElfNote.HypercallPage, Elfs.LoadAddress - 4096)]
    [InlineData(ElfNote.HypercallPage, Elfs.LoadAddress + Elfs.LoadSize)]
    [InlineData(ElfNote.VirtualBase, 0x1000ul)]
    public void AddressesOutsideTheImageAreRefused(ElfNote type, ulong value) =>
        Assert.Equal(ImageError.AddressOutsideImage, Read(out _, Elfs.NumberNote((uint)type, value)));

    [Fact]
    public void HypercallPageInsideTheImageIsAccepted()
    {
        Assert.Equal(ImageError.None, Read(out KernelDescription kernel, Elfs.NumberNote((uint)ElfNote.HypercallPage, Elfs.LoadAddress + 4096)));
        Assert.Equal(Elfs.LoadAddress + 4096, kernel.Notes.HypercallPage);
    }

    [Fact]
    public void VirtualAddressesMayNotWrap() =>
        Assert.Equal(ImageError.BadElfSegment, Read(out _, Elfs.NumberNote((uint)ElfNote.VirtualBase, ulong.MaxValue - Elfs.LoadAddress)));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void AbsurdSizesInANoteAreRefused(int field)
    {
        foreach (uint size in (ReadOnlySpan<uint>)[0x10000, int.MaxValue, 0x80000000, uint.MaxValue - 3, uint.MaxValue])
        {
            byte[] note = [.. GuestOs];
            Elfs.UInt32(note, field, size);
            Assert.Equal(ImageError.BadXenNote, Read(out _, note));
        }
    }

    private static ImageError Read(out KernelDescription kernel, params byte[][] notes) =>
        KernelDescription.Read(Elfs.Minimal(notes), out kernel);
}
