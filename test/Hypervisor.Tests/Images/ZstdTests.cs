using System;
using System.Text;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>The zstd decoder against the system's zstd.</summary>
public sealed class ZstdTests
{
    [Theory]
    [InlineData("-1")]
    [InlineData("-3 --no-check")]
    [InlineData("-10")]
    [InlineData("-19")]
    [InlineData("-22 --ultra --zstd=wlog=22,clog=20,hlog=20")]
    [InlineData("--fast=5")]
    [InlineData("-5 --no-compress-literals")]
    [InlineData("-12 --long=27")]
    public void DecodesWhatZstdWrites(string options)
    {
        AssertRoundTrip(Samples.MachineCode(1_200_000), options);
        AssertRoundTrip(Samples.Mixture(500_000, seed: 1), options);
        AssertRoundTrip(Samples.Noise(200_000, seed: 2), options);
        AssertRoundTrip(new byte[100_000], options);
        AssertRoundTrip(Text(300_000), options);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1000)]
    [InlineData(70_000)]
    public void DecodesSmallSizes(int size)
    {
        AssertRoundTrip(Samples.Mixture(size, seed: size), "-19");
        AssertRoundTrip(Text(size), "-19");
    }

    [Fact]
    public void HashIsThatOfTheSpecification()
    {
        Assert.Equal(0xEF46DB3751D8E999, XxHash64.Compute(default));
        Assert.Equal(0x44BC2CF5AD770999ul, XxHash64.Compute("abc"u8));
    }

    [Fact]
    public void SmallDestinationIsAnError()
    {
        byte[] data = Samples.Mixture(10_000, seed: 4);
        byte[] packed = Compressor.Run("zstd -c", "-9", data);
        for (int size = 0; size < data.Length; size += 37)
            Assert.Equal(ImageError.DestinationTooSmall, Decode(packed, new byte[size], out _));
    }

    [Theory]
    [InlineData(900)]
    [InlineData(60)]
    public void DamageIsAlwaysFound(int size)
    {
        byte[] mixture = Samples.Mixture(size, seed: 5);
        Damage.AssertFound(Compressor.Run("zstd -c", "-19", mixture), mixture, Decode);
        byte[] text = Text(size);
        Damage.AssertFound(Compressor.Run("zstd -c", "-19", text), text, Decode);
    }

    /// <summary>Words in an order that does not repeat: mostly literals, unevenly distributed, as Huffman likes them.</summary>
    private static byte[] Text(int size)
    {
        var random = new Random(size);
        var text = new StringBuilder();
        while (text.Length < size)
            text.Append((char)('a' + Math.Min(random.Next(26), random.Next(26)))).Append(random.Next(5) == 0 ? " " : "");
        return Encoding.ASCII.GetBytes(text.ToString()[..size]);
    }

    private static void AssertRoundTrip(byte[] data, string options)
    {
        byte[] unpacked = new byte[data.Length];
        ImageError error = Decode(Compressor.Run("zstd -c", options, data), unpacked, out int written);
        Assert.Equal(ImageError.None, error);
        Assert.Equal(data.Length, written);
        Assert.True(data.AsSpan().SequenceEqual(unpacked));
    }

    private static ImageError Decode(ReadOnlySpan<byte> packed, Span<byte> destination, out int written) =>
        Zstd.Decode(packed, destination, new byte[Zstd.WorkspaceSize], out written);
}
