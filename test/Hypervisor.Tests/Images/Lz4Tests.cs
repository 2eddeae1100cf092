using System;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>The LZ4 decoder against the system's lz4 in its legacy mode.</summary>
public sealed class Lz4Tests
{
    [Theory]
    [InlineData("-1")]
    [InlineData("-9")]
    [InlineData("-12")]
    public void DecodesWhatLz4Writes(string options)
    {
        AssertRoundTrip(Samples.MachineCode(1_200_000), options);
        AssertRoundTrip(Samples.Mixture(500_000, seed: 1), options);
        AssertRoundTrip(Samples.Noise(200_000, seed: 2), options);
        AssertRoundTrip(new byte[100_000], options);
    }

    [Fact]
    public void DecodesSeveralBlocks() => AssertRoundTrip(Samples.Mixture((16 << 20) + 12_345, seed: 6), "-1");

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(1000)]
    public void DecodesSmallSizes(int size) => AssertRoundTrip(Samples.Mixture(size, seed: size), "-9");

    [Fact]
    public void SmallDestinationIsAnError()
    {
        byte[] data = Samples.Mixture(10_000, seed: 4);
        byte[] packed = Compressor.Run("lz4 -l -c", "-9", data);
        for (int size = 0; size < data.Length; size += 37)
            Assert.Equal(ImageError.DestinationTooSmall, Decode(packed, new byte[size], out _));
    }

    /// <summary>Without a checksum other content may come out, but nothing worse happens.</summary>
    [Fact]
    public void DamageDoesNoHarm()
    {
        byte[] packed = Compressor.Run("lz4 -l -c", "-9", Samples.Mixture(900, seed: 5));
        for (int length = 0; length < packed.Length; length++)
            Damage.AssertNoCrash(packed.AsSpan(0, length), Decode);
        for (int at = 0; at < packed.Length; at++)
        {
            for (int value = 0; value < 256; value++)
                Damage.AssertNoCrash([.. packed[..at], (byte)value, .. packed[(at + 1)..]], Decode);
        }
    }

    [Fact]
    public void EndlessLengthIsAnError()
    {
        byte[] packed = new byte[20_000_000];
        Array.Fill(packed, (byte)0xFF);
        Elfs.UInt32(packed, 0, 0x184C2102);
        Elfs.UInt32(packed, 4, (uint)packed.Length - 8);
        Assert.NotEqual(ImageError.None, Decode(packed, new byte[1000], out _));
    }

    private static void AssertRoundTrip(byte[] data, string options)
    {
        byte[] unpacked = new byte[data.Length];
        ImageError error = Decode(Compressor.Run("lz4 -l -c", options, data), unpacked, out int written);
        Assert.Equal(ImageError.None, error);
        Assert.Equal(data.Length, written);
        Assert.True(data.AsSpan().SequenceEqual(unpacked));
    }

    private static ImageError Decode(ReadOnlySpan<byte> packed, Span<byte> destination, out int written) =>
        Lz4.Decode(packed, destination, out written);
}
