using System;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>The gzip decoder against the system's gzip.</summary>
public sealed class GzipTests
{
    [Theory]
    [InlineData("-1")]
    [InlineData("-6")]
    [InlineData("-9")]
    [InlineData("-9n")]
    public void DecodesWhatGzipWrites(string options)
    {
        AssertRoundTrip(Samples.MachineCode(1_200_000), options);
        AssertRoundTrip(Samples.Mixture(500_000, seed: 1), options);
        AssertRoundTrip(Samples.Noise(200_000, seed: 2), options);
        AssertRoundTrip(new byte[100_000], options);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(1000)]
    public void DecodesSmallSizes(int size) => AssertRoundTrip(Samples.Mixture(size, seed: size), "-9");

    [Fact]
    public void SkipsOptionalHeaderFields()
    {
        byte[] data = Samples.Mixture(1000, seed: 3);
        byte[] plain = Compressor.Run("gzip -c", "-9n", data);
        byte[] full = [.. plain[..10], 3, 0, 1, 2, 3, .. "name\0"u8, .. "comment\0"u8, .. plain[10..]];
        full[3] = 4 | 8 | 16;
        byte[] unpacked = new byte[data.Length];
        Assert.Equal(ImageError.None, Decode(full, unpacked, out _));
        Assert.Equal(data, unpacked);
    }

    [Fact]
    public void SmallDestinationIsAnError()
    {
        byte[] data = Samples.Mixture(10_000, seed: 4);
        byte[] packed = Compressor.Run("gzip -c", "-9", data);
        for (int size = 0; size < data.Length; size += 37)
            Assert.Equal(ImageError.DestinationTooSmall, Decode(packed, new byte[size], out _));
    }

    [Fact]
    public void TruncationIsNamed()
    {
        byte[] packed = Compressor.Run("gzip -c", "-9", Samples.Mixture(10_000, seed: 4));
        for (int length = 0; length < packed.Length; length += 11)
            Assert.Equal(ImageError.Truncated, Decode(packed.AsSpan(0, length), new byte[20_000], out _));
    }

    [Fact]
    public void SecondMemberIsRefused()
    {
        byte[] packed = Compressor.Run("gzip -c", "-9", Samples.Mixture(100, seed: 4));
        Assert.Equal(ImageError.CorruptGzip, Decode([.. packed, .. packed], new byte[1000], out _));
    }

    [Theory]
    [InlineData(900, "-9")]
    [InlineData(60, "-1n")]
    public void DamageIsAlwaysFound(int size, string options)
    {
        byte[] data = Samples.Mixture(size, seed: 5);
        Damage.AssertFound(Compressor.Run("gzip -c", options, data), data, Decode);
    }

    private static void AssertRoundTrip(byte[] data, string options)
    {
        byte[] unpacked = new byte[data.Length];
        ImageError error = Decode(Compressor.Run("gzip -c", options, data), unpacked, out int written);
        Assert.Equal(ImageError.None, error);
        Assert.Equal(data.Length, written);
        Assert.True(data.AsSpan().SequenceEqual(unpacked));
    }

    private static ImageError Decode(ReadOnlySpan<byte> packed, Span<byte> destination, out int written) =>
        Gzip.Decode(packed, destination, new byte[Gzip.WorkspaceSize], out written);
}
