using System;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The LZMA2 container: chunks of at most 2 MiB, each with a control byte that says what it resets
/// (.xz format 1.2, and the layout known from the reference decoders).
/// </summary>
internal struct Lzma2
{
    private const byte EndOfChunks = 0x00;
    private const byte PlainWithReset = 0x01;
    private const byte Plain = 0x02;
    private const byte Compressed = 0x80;

    // Bits 5-6 of a compressed chunk's control byte.
    private const int ResetState = 1;
    private const int ResetStateNewProperties = 2;
    private const int ResetDictionary = 3;

    private Lzma _decoder;
    private int _start;
    private bool _hasDictionary;
    private bool _hasProperties;

    /// <summary>
    /// Decodes one LZMA2 stream to the head of <paramref name="destination"/>, which is the dictionary as well.
    /// </summary>
    /// <param name="reader">Advanced to just behind the end marker.</param>
    /// <param name="source">What the reader reads.</param>
    /// <param name="destination">Receives the data.</param>
    /// <param name="workspace">At least <see cref="Lzma.ProbabilitiesSize"/> bytes.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(
        ref ByteReader reader, ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> workspace, out int written)
    {
        Lzma2 state = default;
        Span<ushort> probabilities = MemoryMarshal.Cast<byte, ushort>(workspace);
        while (true)
        {
            byte control = reader.Byte(source);
            written = state._start + state._decoder.Position;
            if (reader.Failed)
                return ImageError.Truncated;
            if (control == EndOfChunks)
                return ImageError.None;
            if (!state.Prepare(control, written, probabilities))
                return ImageError.CorruptLzma;
            Span<byte> output = destination.Slice(state._start);
            ImageError error = control < Compressed
                ? state.CopyChunk(ref reader, source, output, control)
                : state.DecodeChunk(ref reader, source, output, probabilities, control);
            if (error != ImageError.None)
                return error;
        }
    }

    /// <summary>Starts a new dictionary at <paramref name="written"/> if the chunk asks for it; false when it must but does not.</summary>
    private bool Prepare(byte control, int written, Span<ushort> probabilities)
    {
        if (control == PlainWithReset || (control >= Compressed && Reset(control) == ResetDictionary))
        {
            _start = written;
            _decoder.ResetDictionary(probabilities);
            _hasDictionary = true;
            _hasProperties = false;
        }
        return _hasDictionary;
    }

    private static int Reset(byte control) => (control >> 5) & 3;

    private ImageError CopyChunk(ref ByteReader reader, ReadOnlySpan<byte> source, Span<byte> output, byte control)
    {
        if (control > Plain)
            return ImageError.CorruptLzma;
        int size = (reader.Byte(source) << 8 | reader.Byte(source)) + 1;
        ReadOnlySpan<byte> bytes = reader.Bytes(source, size);
        return reader.Failed ? ImageError.Truncated : _decoder.Append(output, bytes);
    }

    private ImageError DecodeChunk(
        ref ByteReader reader, ReadOnlySpan<byte> source, Span<byte> output, Span<ushort> probabilities, byte control)
    {
        int size = ((control & 0x1F) << 16 | reader.Byte(source) << 8 | reader.Byte(source)) + 1;
        int compressedSize = (reader.Byte(source) << 8 | reader.Byte(source)) + 1;
        if (Reset(control) >= ResetStateNewProperties)
        {
            if (!_decoder.SetProperties(reader.Byte(source)))
                return ImageError.CorruptLzma;
            _hasProperties = true;
        }
        if (!_hasProperties)
            return ImageError.CorruptLzma;
        if (Reset(control) >= ResetState)
            _decoder.ResetState(probabilities);

        ReadOnlySpan<byte> input = reader.Bytes(source, compressedSize);
        if (reader.Failed)
            return ImageError.Truncated;
        if (size > output.Length - _decoder.Position)
            return ImageError.DestinationTooSmall;
        return _decoder.Decode(input, output, probabilities, size) ? ImageError.None : ImageError.CorruptLzma;
    }
}
