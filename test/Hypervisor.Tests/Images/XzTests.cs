using System;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>The XZ decoder against the system's xz.</summary>
public sealed class XzTests
{
    private const string KernelFilters = "--check=crc32 --x86 --lzma2=dict=32MiB";

    [Theory]
    [InlineData("-0")]
    [InlineData("-6")]
    [InlineData("-9e")]
    [InlineData("--check=none")]
    [InlineData("--check=crc32")]
    [InlineData("--check=crc64")]
    [InlineData(KernelFilters)]
    [InlineData("--x86=start=4096 --lzma2=preset=1")]
    [InlineData("--lzma2=dict=4KiB,lc=0,lp=4,pb=4")]
    [InlineData("--lzma2=dict=64KiB,lc=4,lp=0,pb=0")]
    [InlineData("--lzma2=dict=1MiB,lc=1,lp=3,pb=1")]
    [InlineData("--block-size=50000 " + KernelFilters)]
    [InlineData("-T2 --block-size=70001 -1")]
    public void DecodesWhatXzWrites(string options)
    {
        AssertRoundTrip(Samples.MachineCode(1_200_000), options);
        AssertRoundTrip(Samples.Mixture(500_000, seed: 1), options);
        AssertRoundTrip(Samples.Noise(200_000, seed: 2), options);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1000)]
    public void DecodesSmallSizes(int size) => AssertRoundTrip(Samples.Mixture(size, seed: size), KernelFilters);

    [Fact]
    public void X86FilterHandlesDenseOpcodes()
    {
        byte[] data = Samples.Noise(400_000, seed: 3);
        ReadOnlySpan<byte> palette = [0xE8, 0xE9, 0x00, 0xFF, 0xE8, 0x01, 0xFE, 0xE9];
        for (int index = 0; index < data.Length; index++)
            data[index] = palette[data[index] & 7];
        AssertRoundTrip(data, KernelFilters);
    }

    [Theory]
    [InlineData("--check=sha256", ImageError.XzCheckNotSupported)]
    [InlineData("--arm --lzma2", ImageError.XzFilterNotSupported)]
    [InlineData("--delta --lzma2", ImageError.XzFilterNotSupported)]
    [InlineData("--x86 --delta --lzma2", ImageError.XzFilterNotSupported)]
    public void RefusesWhatItLacks(string options, ImageError expected) =>
        Assert.Equal(expected, Decode(Compressor.Run("xz -c", options, Samples.Mixture(100, 1)), new byte[100], out _));

    [Fact]
    public void SmallDestinationIsAnError()
    {
        byte[] data = Samples.Mixture(10_000, seed: 4);
        byte[] packed = Compressor.Run("xz -c", KernelFilters, data);
        for (int size = 0; size < data.Length; size += 37)
            Assert.Equal(ImageError.DestinationTooSmall, Decode(packed, new byte[size], out _));
    }

    [Theory]
    [InlineData("--check=crc32 --lzma2")]
    [InlineData(KernelFilters)]
    [InlineData("--check=crc64 --block-size=300")]
    public void DamageIsAlwaysFound(string options)
    {
        byte[] data = Samples.Mixture(900, seed: 5);
        Damage.AssertFound(Compressor.Run("xz -c", options, data), data, Decode);
    }

    private static void AssertRoundTrip(byte[] data, string options)
    {
        byte[] unpacked = new byte[data.Length];
        ImageError error = Decode(Compressor.Run("xz -c", options, data), unpacked, out int written);
        Assert.Equal(ImageError.None, error);
        Assert.Equal(data.Length, written);
        Assert.True(data.AsSpan().SequenceEqual(unpacked));
    }

    private static ImageError Decode(ReadOnlySpan<byte> packed, Span<byte> destination, out int written) =>
        Xz.Decode(packed, destination, new byte[Xz.WorkspaceSize], out written);
}
