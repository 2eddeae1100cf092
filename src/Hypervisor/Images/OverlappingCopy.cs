using System;
using System.Buffers.Binary;

namespace Serai.Hypervisor.Images;

/// <summary>The copy at the heart of every Lempel-Ziv decoder: output that repeats what lies some distance back, possibly itself.</summary>
internal static class OverlappingCopy
{
    /// <summary>
    /// Writes <paramref name="length"/> bytes at <paramref name="position"/>, each equal to the one <paramref name="distance"/>
    /// bytes before it. The caller has checked 0 &lt; distance &lt;= position and position + length &lt;= output.Length.
    /// </summary>
    public static void Repeat(Span<byte> output, int position, int distance, int length)
    {
        unchecked
        {
            Span<byte> target = output.Slice(position, length);
            ReadOnlySpan<byte> source = output.Slice(position - distance, length);
            if (distance >= 8)
            {
                // Eight bytes back or more, a word read never contains a byte that the same step writes.
                while (target.Length >= 8 && source.Length >= 8)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(target, BinaryPrimitives.ReadUInt64LittleEndian(source));
                    target = target.Slice(8);
                    source = source.Slice(8);
                }
            }
            for (int index = 0; index < target.Length; index++)
                target[index] = source[index];
        }
    }
}
