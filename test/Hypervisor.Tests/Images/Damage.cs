using System;
using Xunit;
using Serai.Hypervisor.Images;

namespace Serai.Hypervisor.Tests.Images;

/// <summary>What every decoder owes to a damaged stream: an error, or the right content all the same; never an exception.</summary>
internal static class Damage
{
    public delegate ImageError Decoder(ReadOnlySpan<byte> packed, Span<byte> destination, out int written);

    /// <summary>Cuts <paramref name="packed"/> at every length, then changes every byte of it in several ways.</summary>
    public static void AssertFound(byte[] packed, byte[] data, Decoder decode)
    {
        for (int length = 0; length < packed.Length; length++)
            AssertErrorOrSame(packed.AsSpan(0, length), data, decode, $"cut at {length}");
        for (int at = 0; at < packed.Length; at++)
        {
            foreach (byte change in (ReadOnlySpan<byte>)[0x01, 0x80, 0x10, 0xFF, 0x55])
            {
                packed[at] ^= change;
                AssertErrorOrSame(packed, data, decode, $"byte {at} changed by {change:x}");
                packed[at] ^= change;
            }
        }
    }

    /// <summary>Feeds bytes that were never a stream, or the beginning of one followed by anything; only the absence of a crash is claimed.</summary>
    public static void AssertNoCrash(ReadOnlySpan<byte> bytes, Decoder decode)
    {
        byte[] destination = new byte[5000];
        decode(bytes, destination, out _);
    }

    private static void AssertErrorOrSame(ReadOnlySpan<byte> packed, byte[] data, Decoder decode, string what)
    {
        byte[] unpacked = new byte[data.Length + 100];
        ImageError error = decode(packed, unpacked, out int written);
        bool same = written == data.Length && unpacked.AsSpan(0, written).SequenceEqual(data);
        Assert.True(error != ImageError.None || same, what);
    }
}
