using System;
using System.Runtime.InteropServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Decodes the blocks of a zstd frame: first the literals, then sequences that mix them with matches (in ZstdSequences.cs).
/// Code tables and recent distances go on from block to block; every call is given the same output and the same workspace.
/// </summary>
internal partial struct ZstdBlock
{
    /// <summary>The most output of one block.</summary>
    public const int LargestBlock = 128 * 1024;

    private const int StatesCount = 1 << FiniteStateTable.LargestAccuracy;
    private const int StatesSize = StatesCount * sizeof(uint);

    // The workspace: the literals of one block, four tables of states, the Huffman table.
    private const int LengthStates = LargestBlock;
    private const int DistanceStates = LengthStates + StatesSize;
    private const int MatchStates = DistanceStates + StatesSize;
    private const int WeightStates = MatchStates + StatesSize;
    private const int HuffmanEntries = WeightStates + StatesSize;

    /// <summary>Bytes of workspace for literals and tables.</summary>
    public const int WorkspaceSize = HuffmanEntries + HuffmanTable.Size * sizeof(ushort);

    private HuffmanTable _huffman;
    private FiniteStateTable _lengths;
    private FiniteStateTable _distances;
    private FiniteStateTable _matches;
    private uint _recent1;
    private uint _recent2;
    private uint _recent3;
    private int _literalCount;
    private int _position;

    /// <summary>A decoder at the beginning of a frame.</summary>
    public ZstdBlock()
    {
        _recent1 = 1;
        _recent2 = 4;
        _recent3 = 8;
    }

    /// <summary>Bytes written so far.</summary>
    public readonly int Position => _position;

    /// <summary>Writes bytes as they are.</summary>
    public ImageError Append(Span<byte> output, ReadOnlySpan<byte> bytes) => OverlappingCopy.Append(output, ref _position, bytes);

    /// <summary>Writes one byte many times.</summary>
    public ImageError AppendRun(Span<byte> output, byte value, int count)
    {
        if (count > output.Length - _position)
            return ImageError.DestinationTooSmall;
        output.Slice(_position, count).Fill(value);
        _position += count;
        return ImageError.None;
    }

    /// <summary>Decodes a compressed block.</summary>
    public ImageError Decode(ReadOnlySpan<byte> block, Span<byte> output, Span<byte> workspace)
    {
        ByteReader reader = default;
        return DecodeLiterals(ref reader, block, workspace)
            ? DecodeSequences(ref reader, block, output, workspace)
            : ImageError.CorruptZstd;
    }

    private static Span<uint> States(Span<byte> workspace, int at) => MemoryMarshal.Cast<byte, uint>(workspace.Slice(at, StatesSize));

    /// <summary>Brings the block's literals to the head of the workspace.</summary>
    private bool DecodeLiterals(ref ByteReader reader, ReadOnlySpan<byte> block, Span<byte> workspace)
    {
        int first = reader.Byte(block);
        int format = first >> 2 & 3;
        if ((first & 3) >= 2)
            return DecodeCompressedLiterals(ref reader, block, workspace, first, format);
        int size = format switch
        {
            1 => first >> 4 | reader.Byte(block) << 4,
            3 => first >> 4 | reader.UInt16(block) << 4,
            _ => first >> 3,
        };
        if (size > LargestBlock)
            return false;
        _literalCount = size;
        Span<byte> literals = workspace.Slice(0, size);
        if ((first & 3) == 1)
            literals.Fill(reader.Byte(block));
        else
            reader.Bytes(block, size).CopyTo(literals);
        return !reader.Failed;
    }

    /// <summary>Literals under the Huffman code: its description unless the last one stays in force, then one stream or four.</summary>
    private bool DecodeCompressedLiterals(ref ByteReader reader, ReadOnlySpan<byte> block, Span<byte> workspace, int first, int format)
    {
        int width = format switch { 2 => 14, 3 => 18, _ => 10 };
        ulong header = (uint)first | (ulong)reader.UInt16(block) << 8;
        if (format == 2)
            header |= (ulong)reader.Byte(block) << 24;
        else if (format == 3)
            header |= (ulong)reader.UInt16(block) << 24;
        ulong mask = (1ul << width) - 1;
        int size = (int)(header >> 4 & mask);
        int compressedSize = (int)(header >> (4 + width) & mask);
        ReadOnlySpan<byte> data = reader.Bytes(block, compressedSize);
        if (reader.Failed || size > LargestBlock)
            return false;

        ByteReader streams = default;
        Span<ushort> entries = MemoryMarshal.Cast<byte, ushort>(workspace.Slice(HuffmanEntries));
        if ((first & 3) == 2 && !_huffman.Read(entries, States(workspace, WeightStates), ref streams, data))
            return false;
        if (!_huffman.IsReady)
            return false;
        _literalCount = size;
        data = streams.Rest(data);
        Span<byte> literals = workspace.Slice(0, size);
        return format == 0 ? _huffman.Decode(entries, data, literals) : DecodeFourStreams(entries, data, literals);
    }

    /// <summary>The sizes of three streams come first; each of those yields the same share, the last one the rest.</summary>
    private readonly bool DecodeFourStreams(ReadOnlySpan<ushort> entries, ReadOnlySpan<byte> data, Span<byte> literals)
    {
        ByteReader reader = default;
        int size1 = reader.UInt16(data);
        int size2 = reader.UInt16(data);
        int size3 = reader.UInt16(data);
        int share = (literals.Length + 3) / 4;
        if (reader.Failed || size1 + size2 + size3 > reader.Remaining(data) || share * 3 > literals.Length)
            return false;
        return _huffman.Decode(entries, reader.Bytes(data, size1), literals.Slice(0, share))
            && _huffman.Decode(entries, reader.Bytes(data, size2), literals.Slice(share, share))
            && _huffman.Decode(entries, reader.Bytes(data, size3), literals.Slice(2 * share, share))
            && _huffman.Decode(entries, reader.Rest(data), literals.Slice(3 * share));
    }
}
