using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Serai.Hypervisor.Images;

/// <summary>The XXH64 hash with seed 0, of which zstd stores the low half as its checksum. All arithmetic wraps by intent.</summary>
internal static class XxHash64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    /// <summary>The hash of <paramref name="data"/>.</summary>
    public static ulong Compute(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            ulong length = (ulong)data.Length;
            ulong hash = Prime5;
            if (data.Length >= 32)
            {
                ulong a = Prime1 + Prime2;
                ulong b = Prime2;
                ulong c = 0;
                ulong d = 0 - Prime1;
                while (data.Length >= 32)
                {
                    a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(data));
                    b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(data.Slice(8)));
                    c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(data.Slice(16)));
                    d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(data.Slice(24)));
                    data = data.Slice(32);
                }
                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
                    + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
                hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
            }
            return Finish(hash + length, data);
        }
    }

    private static ulong Round(ulong lane, ulong word) => unchecked(BitOperations.RotateLeft(lane + word * Prime2, 31) * Prime1);

    private static ulong Merge(ulong hash, ulong lane) => unchecked((hash ^ Round(0, lane)) * Prime1 + Prime4);

    private static ulong Finish(ulong hash, ReadOnlySpan<byte> data)
    {
        unchecked
        {
            for (; data.Length >= 8; data = data.Slice(8))
                hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(data)), 27) * Prime1 + Prime4;
            if (data.Length >= 4)
            {
                hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime1, 23) * Prime2 + Prime3;
                data = data.Slice(4);
            }
            foreach (byte value in data)
                hash = BitOperations.RotateLeft(hash ^ value * Prime5, 11) * Prime1;
            hash = (hash ^ hash >> 33) * Prime2;
            hash = (hash ^ hash >> 29) * Prime3;
            return hash ^ hash >> 32;
        }
    }
}
