using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The copies at the heart of every Lempel-Ziv decoder: of literals, and of output that repeats what lies some distance back, possibly itself.
/// </summary>
internal static class OverlappingCopy
{
    private const int Word = sizeof(ulong), HalfWord = sizeof(uint), Long = 4 * Word;

    /// <summary>Appends <paramref name="bytes"/> to the first <paramref name="position"/> bytes of output, or says that they do not fit.</summary>
    public static ImageError Append(Span<byte> output, ref int position, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > output.Length - position)
            return ImageError.DestinationTooSmall;
        bytes.CopyTo(output.Slice(position));
        position += bytes.Length;
        return ImageError.None;
    }

    /// <summary>
    /// Appends <paramref name="length"/> bytes by <see cref="Repeat"/>, once it has checked that they fit;
    /// <paramref name="corrupt"/> is the answer to a distance of zero or to before the output.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ImageError Match(Span<byte> output, ref int position, uint distance, int length, ImageError corrupt)
    {
        if (distance == 0 || distance > (uint)position)
            return corrupt;
        if (length > output.Length - position)
            return ImageError.DestinationTooSmall;
        Repeat(output, position, (int)distance, length);
        position += length;
        return ImageError.None;
    }

    /// <summary>
    /// Writes <paramref name="length"/> bytes at <paramref name="position"/>, each equal to the one <paramref name="distance"/>
    /// bytes before it. The caller has checked 0 &lt; distance &lt;= position and position + length &lt;= output.Length.
    /// </summary>
    public static void Repeat(Span<byte> output, int position, int distance, int length)
    {
        unchecked
        {
            if (distance < Word && length >= Long)
            {
                // What repeats every few bytes repeats also every few times as many.
                int period = distance * ((Word + distance - 1) / distance);
                RepeatBytes(output.Slice(position - distance, period), output.Slice(position, period));
                position += period;
                length -= period;
                distance = period;
            }
            // What has been written repeats too: each of these copies may be twice as long as the one before it.
            while (length >= Long)
            {
                int part = distance < length ? distance : length;
                output.Slice(position - distance, part).CopyTo(output.Slice(position, part));
                position += part;
                length -= part;
                distance += part;
            }
            Span<byte> target = output.Slice(position, length);
            ReadOnlySpan<byte> source = output.Slice(position - distance, length);
            if (distance >= Word && length >= Word)
                RepeatWords(source, target);
            else if (distance >= HalfWord && length is >= HalfWord and < Word)
                RepeatHalves(source, target);
            else
                RepeatBytes(source, target);
        }
    }

    private static void RepeatBytes(ReadOnlySpan<byte> source, Span<byte> target)
    {
        for (int index = 0; index < target.Length; index++)
            target[index] = source[index];
    }

    /// <summary>
    /// A word back or more, a word that is read never contains a byte that the same step writes. The last word ends where the copy ends and so may
    /// repeat some of the one before it.
    /// </summary>
    private static void RepeatWords(ReadOnlySpan<byte> source, Span<byte> target)
    {
        unchecked
        {
            int last = target.Length - Word;
            for (int index = 0; index < last; index += Word)
                BinaryPrimitives.WriteUInt64LittleEndian(target.Slice(index), BinaryPrimitives.ReadUInt64LittleEndian(source.Slice(index)));
            BinaryPrimitives.WriteUInt64LittleEndian(target.Slice(last), BinaryPrimitives.ReadUInt64LittleEndian(source.Slice(last)));
        }
    }

    /// <summary>Four to seven bytes, as two halves of a word that may overlap; the second is read after the first is written.</summary>
    private static void RepeatHalves(ReadOnlySpan<byte> source, Span<byte> target)
    {
        unchecked
        {
            int last = target.Length - HalfWord;
            BinaryPrimitives.WriteUInt32LittleEndian(target, BinaryPrimitives.ReadUInt32LittleEndian(source));
            BinaryPrimitives.WriteUInt32LittleEndian(target.Slice(last), BinaryPrimitives.ReadUInt32LittleEndian(source.Slice(last)));
        }
    }
}
