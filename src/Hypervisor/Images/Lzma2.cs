using System;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The LZMA2 container: chunks of at most 2 MiB, each with a control byte that says what it resets
/// (.xz format 1.2, and the layout known from the reference decoders).
/// </summary>
internal static class Lzma2
{
    private const byte EndOfChunks = 0x00;
    private const byte PlainWithReset = 0x01;
    private const byte Plain = 0x02;
    private const byte Compressed = 0x80;

    // Bits 5-6 of a compressed chunk's control byte.
    private const int ResetState = 1;
    private const int ResetStateNewProperties = 2;
    private const int ResetDictionary = 3;

    /// <summary>
    /// Decodes one LZMA2 stream to the head of <paramref name="destination"/>, which is the dictionary as well.
    /// </summary>
    /// <param name="source">Advanced to just behind the end marker.</param>
    /// <param name="destination">Receives the data.</param>
    /// <param name="workspace">At least <see cref="Lzma.ProbabilitiesSize"/> bytes.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(ref ByteReader source, Span<byte> destination, Span<byte> workspace, out int written)
    {
        var decoder = new Lzma(workspace);
        int start = 0;
        bool needsDictionary = true;
        bool needsProperties = true;
        while (true)
        {
            byte control = source.Byte();
            written = start + decoder.Position;
            if (source.Failed)
                return ImageError.Truncated;
            if (control == EndOfChunks)
                return ImageError.None;

            int reset = (control >> 5) & 3;
            if (control == PlainWithReset || (control >= Compressed && reset == ResetDictionary))
            {
                start = written;
                decoder.ResetDictionary(destination.Slice(start));
                needsDictionary = false;
                needsProperties = true;
            }
            else if (needsDictionary)
            {
                return ImageError.CorruptLzma;
            }

            ImageError error = control < Compressed
                ? CopyChunk(ref source, ref decoder, control)
                : DecodeChunk(ref source, ref decoder, control, destination.Length - written, ref needsProperties);
            if (error != ImageError.None)
                return error;
        }
    }

    private static ImageError CopyChunk(ref ByteReader source, ref Lzma decoder, byte control)
    {
        if (control > Plain)
            return ImageError.CorruptLzma;
        int size = (source.Byte() << 8 | source.Byte()) + 1;
        ReadOnlySpan<byte> bytes = source.Bytes(size);
        if (source.Failed)
            return ImageError.Truncated;
        return decoder.Append(bytes) ? ImageError.None : ImageError.DestinationTooSmall;
    }

    private static ImageError DecodeChunk(ref ByteReader source, ref Lzma decoder, byte control, int room, ref bool needsProperties)
    {
        int size = ((control & 0x1F) << 16 | source.Byte() << 8 | source.Byte()) + 1;
        int compressedSize = (source.Byte() << 8 | source.Byte()) + 1;
        int reset = (control >> 5) & 3;
        if (reset >= ResetStateNewProperties)
        {
            if (!decoder.SetProperties(source.Byte()))
                return ImageError.CorruptLzma;
            needsProperties = false;
        }
        if (needsProperties)
            return ImageError.CorruptLzma;
        if (reset >= ResetState)
            decoder.ResetState();

        ReadOnlySpan<byte> input = source.Bytes(compressedSize);
        if (source.Failed)
            return ImageError.Truncated;
        if (size > room)
            return ImageError.DestinationTooSmall;
        return decoder.Decode(input, size) ? ImageError.None : ImageError.CorruptLzma;
    }
}
