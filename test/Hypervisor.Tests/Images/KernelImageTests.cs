using System;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>Containers: which are opened, what they announce, how wrong ones are refused.</summary>
public sealed class KernelImageTests
{
    private static readonly byte[] Kernel = Elfs.Minimal(Elfs.StringNote(6, "test"));

    [Theory]
    [InlineData("gzip -9n", Compression.Gzip, false)]
    [InlineData("gzip -9n", Compression.Gzip, true)]
    [InlineData("xz --check=crc32 --x86 --lzma2", Compression.Xz, false)]
    [InlineData("lz4 -l -c1", Compression.Lz4, false)]
    [InlineData("lz4 -l -c9", Compression.Lz4, false)]
    [InlineData("zstd -c -22 --ultra --zstd=wlog=22,clog=20,hlog=20", Compression.Zstd, false)]
    [InlineData("zstd -c -3", Compression.Zstd, false)]
    public void OpensEveryPacking(string program, Compression compression, bool bare)
    {
        byte[] stream = Compressor.Run(program, "", Kernel);
        byte[] module = bare ? stream : Elfs.BzImage(stream, Kernel.Length, appendSize: compression != Compression.Gzip);
        ImageError error = KernelImage.Open(module, out KernelImage image);
        Assert.Equal((ImageError.None, compression, Kernel.Length), (error, image.Compression, image.DestinationSize));
        byte[] destination = new byte[image.DestinationSize + 5];
        Assert.Equal(ImageError.None, image.Decompress(module, destination, new byte[KernelImage.WorkspaceSize]));
        Assert.True(image.File(module, destination).SequenceEqual(Kernel));
    }

    [Fact]
    public void PlainElfIsUsedInPlace()
    {
        Assert.Equal(ImageError.None, KernelImage.Open(Kernel, out KernelImage image));
        Assert.Equal((Compression.None, 0), (image.Compression, image.DestinationSize));
        Assert.Equal(ImageError.None, image.Decompress(Kernel, default, default));
        Assert.True(image.File(Kernel, default) == Kernel);
    }

    [Theory]
    [InlineData("bzip2 -c", ImageError.CompressionNotSupported)]
    [InlineData("lzma -c", ImageError.CompressionNotSupported)]
    [InlineData("cat", ImageError.UnknownCompression)]
    public void RefusesWhatItCannotUnpack(string program, ImageError expected)
    {
        byte[] module = Elfs.BzImage(Compressor.Run(program, "", Kernel), Kernel.Length, appendSize: true);
        Assert.Equal(expected, KernelImage.Open(module, out _));
    }

    [Theory]
    [InlineData(0, ImageError.SizeOutOfRange)]
    [InlineData(-1, ImageError.SizeOutOfRange)]
    [InlineData(KernelImage.LargestKernel + 1, ImageError.SizeOutOfRange)]
    public void AbsurdSizesAreRefused(int size, ImageError expected)
    {
        byte[] module = Elfs.BzImage(Compressor.Run("xz -c", "", Kernel), size, appendSize: true);
        Assert.Equal(expected, KernelImage.Open(module, out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-12_000)]
    public void WrongSizesAreFound(int difference)
    {
        byte[] module = Elfs.BzImage(Compressor.Run("xz -c", "", Kernel), Kernel.Length + difference, appendSize: true);
        Assert.Equal(ImageError.None, KernelImage.Open(module, out KernelImage image));
        Assert.Equal(ImageError.SizeMismatch, image.Decompress(module, new byte[100_000], new byte[KernelImage.WorkspaceSize]));
    }

    [Fact]
    public void SmallSpansAreRefused()
    {
        byte[] module = Elfs.BzImage(Compressor.Run("xz -c", "", Kernel), Kernel.Length, appendSize: true);
        KernelImage.Open(module, out KernelImage image);
        byte[] workspace = new byte[KernelImage.WorkspaceSize];
        Assert.Equal(ImageError.DestinationTooSmall, image.Decompress(module, new byte[Kernel.Length - 1], workspace));
        Assert.Equal(ImageError.WorkspaceTooSmall, image.Decompress(module, new byte[Kernel.Length], workspace.AsSpan(1)));
    }

    [Theory]
    [InlineData(0x206, 0x0207, ImageError.OldBootProtocol)]
    [InlineData(0x202, 0x4848, ImageError.UnknownFormat)]
    [InlineData(0x1F1, 200, ImageError.Truncated)]
    [InlineData(0x24A, 0x7FFF, ImageError.Truncated)]
    [InlineData(0x24A, 0xFFFF, ImageError.Truncated)]
    [InlineData(0x24E, 0x7FFF, ImageError.Truncated)]
    [InlineData(0x24E, 0xFFFF, ImageError.Truncated)]
    public void WrongSetupHeadersAreRefused(int at, int value, ImageError expected)
    {
        byte[] module = Elfs.BzImage(Compressor.Run("xz -c", "", Kernel), Kernel.Length, appendSize: true);
        Elfs.UInt16(module, at, (ushort)value);
        Assert.Equal(expected, KernelImage.Open(module, out _));
    }

    [Fact]
    public void EmptyPayloadIsRefused()
    {
        Assert.Equal(ImageError.BadSetupHeader, KernelImage.Open(Elfs.BzImage([], 0, appendSize: false), out _));
        Assert.Equal(ImageError.Truncated, KernelImage.Open(Elfs.BzImage([0x1F, 0x8B], 0, appendSize: false), out _));
    }

    [Fact]
    public void EveryErrorHasItsText()
    {
        foreach (ImageError error in Enum.GetValues<ImageError>())
        {
            ReadOnlySpan<byte> text = error.Text();
            Assert.False(text.SequenceEqual("unknown image error"u8), error.ToString());
            foreach (byte character in text)
                Assert.InRange(character, (byte)' ', (byte)'~');
        }
    }
}
