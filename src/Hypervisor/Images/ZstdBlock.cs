using System;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Decodes the blocks of a zstd frame: first the literals, then sequences that mix them with matches (in ZstdSequences.cs).
/// Code tables and recent distances go on from block to block.
/// </summary>
internal ref partial struct ZstdBlock
{
    /// <summary>Bytes of workspace for all tables.</summary>
    public const int TablesSize = HuffmanTable.Size * sizeof(ushort) + 4 * StatesSize * sizeof(uint);

    private const int StatesSize = 1 << FiniteStateTable.LargestAccuracy;

    private readonly Span<byte> _output;
    private readonly Span<byte> _literalBuffer;
    private HuffmanTable _huffman;
    private ReadOnlySpan<byte> _literals;
    private FiniteStateTable _lengthStates;
    private FiniteStateTable _distanceStates;
    private FiniteStateTable _matchStates;
    private uint _recent1;
    private uint _recent2;
    private uint _recent3;

    /// <summary>A decoder at the beginning of a frame.</summary>
    /// <param name="output">Receives the frame's content.</param>
    /// <param name="literals">Room for the literals of one block, 128 KiB.</param>
    /// <param name="tables">At least <see cref="TablesSize"/> bytes.</param>
    public ZstdBlock(Span<byte> output, Span<byte> literals, Span<byte> tables)
    {
        _output = output;
        _literalBuffer = literals;
        Span<uint> states = MemoryMarshal.Cast<byte, uint>(tables);
        _lengthStates = new FiniteStateTable(states.Slice(0, StatesSize));
        _distanceStates = new FiniteStateTable(states.Slice(StatesSize, StatesSize));
        _matchStates = new FiniteStateTable(states.Slice(2 * StatesSize, StatesSize));
        Span<uint> weightStates = states.Slice(3 * StatesSize, StatesSize);
        _huffman = new HuffmanTable(MemoryMarshal.Cast<byte, ushort>(tables.Slice(4 * StatesSize * sizeof(uint))), weightStates);
        _recent1 = 1;
        _recent2 = 4;
        _recent3 = 8;
    }

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    /// <summary>Writes bytes as they are.</summary>
    public ImageError Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _output.Length - Position)
            return ImageError.DestinationTooSmall;
        bytes.CopyTo(_output.Slice(Position));
        Position += bytes.Length;
        return ImageError.None;
    }

    /// <summary>Writes one byte many times.</summary>
    public ImageError AppendRun(byte value, int count)
    {
        if (count > _output.Length - Position)
            return ImageError.DestinationTooSmall;
        _output.Slice(Position, count).Fill(value);
        Position += count;
        return ImageError.None;
    }

    /// <summary>Decodes a compressed block.</summary>
    public ImageError Decode(ReadOnlySpan<byte> block)
    {
        var source = new ByteReader(block);
        return DecodeLiterals(ref source) ? DecodeSequences(ref source) : ImageError.CorruptZstd;
    }

    private bool DecodeLiterals(ref ByteReader source)
    {
        int first = source.Byte();
        int format = first >> 2 & 3;
        if ((first & 3) >= 2)
            return DecodeCompressedLiterals(ref source, first, format);
        int size = format switch
        {
            1 => first >> 4 | source.Byte() << 4,
            3 => first >> 4 | source.UInt16() << 4,
            _ => first >> 3,
        };
        if (size > _literalBuffer.Length)
            return false;
        if ((first & 3) == 0)
        {
            _literals = source.Bytes(size);
        }
        else
        {
            _literalBuffer.Slice(0, size).Fill(source.Byte());
            _literals = _literalBuffer.Slice(0, size);
        }
        return !source.Failed;
    }

    /// <summary>Literals under the Huffman code: its description unless the last one stays in force, then one stream or four.</summary>
    private bool DecodeCompressedLiterals(ref ByteReader source, int first, int format)
    {
        int width = format switch { 2 => 14, 3 => 18, _ => 10 };
        ulong header = (uint)first | (ulong)source.UInt16() << 8;
        if (format == 2)
            header |= (ulong)source.Byte() << 24;
        else if (format == 3)
            header |= (ulong)source.UInt16() << 24;
        ulong mask = (1ul << width) - 1;
        int size = (int)(header >> 4 & mask);
        int compressedSize = (int)(header >> (4 + width) & mask);
        var streams = new ByteReader(source.Bytes(compressedSize));
        if (source.Failed || size > _literalBuffer.Length)
            return false;
        if ((first & 3) == 2 && !_huffman.Read(ref streams))
            return false;
        if (!_huffman.IsReady)
            return false;
        Span<byte> output = _literalBuffer.Slice(0, size);
        _literals = output;
        return format == 0 ? _huffman.Decode(streams.Rest, output) : DecodeFourStreams(ref streams, output);
    }

    private readonly bool DecodeFourStreams(ref ByteReader streams, Span<byte> output)
    {
        int size1 = streams.UInt16();
        int size2 = streams.UInt16();
        int size3 = streams.UInt16();
        int part = (output.Length + 3) / 4;
        ReadOnlySpan<byte> stream1 = streams.Bytes(size1);
        ReadOnlySpan<byte> stream2 = streams.Bytes(size2);
        ReadOnlySpan<byte> stream3 = streams.Bytes(size3);
        return !streams.Failed && part * 3 <= output.Length
            && _huffman.Decode(stream1, output.Slice(0, part))
            && _huffman.Decode(stream2, output.Slice(part, part))
            && _huffman.Decode(stream3, output.Slice(2 * part, part))
            && _huffman.Decode(streams.Rest, output.Slice(3 * part));
    }
}
