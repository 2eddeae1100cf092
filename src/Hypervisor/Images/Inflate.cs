using System;
using System.Runtime.InteropServices;

using Serai.Hypervisor.Ground;

namespace Serai.Hypervisor.Images;

/// <summary>Decodes deflate data (RFC 1951) into one span that is also the window.</summary>
internal partial struct Inflate
{
    /// <summary>Bytes of workspace for the three codes.</summary>
    public const int WorkspaceSize = 3 * PrefixCode.Size * sizeof(ushort);

    private const int LiteralCount = 288;
    private const int DistanceCount = 30;
    private const int LengthCodeCount = 19;

    // Where each code lies in the tables.
    private const int Literals = 0;
    private const int Distances = PrefixCode.Size;
    private const int Lengths = 2 * PrefixCode.Size;

    private BitReader _bits;
    private int _position;

    /// <summary>Decodes from the head of <paramref name="source"/> to the head of <paramref name="destination"/>.</summary>
    /// <param name="source">May be longer than the data.</param>
    /// <param name="destination">Receives the output.</param>
    /// <param name="workspace">At least <see cref="WorkspaceSize"/> bytes.</param>
    /// <param name="read">Bytes of source that were taken, on success.</param>
    /// <param name="written">Bytes of output, on success.</param>
    public static ImageError Decode(
        ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> workspace, out int read, out int written)
    {
        Inflate inflate = default;
        Span<ushort> tables = MemoryMarshal.Cast<byte, ushort>(workspace);
        bool last;
        ImageError error;
        do
        {
            inflate._bits.Refill(source);
            last = inflate._bits.Take(1) != 0;
            error = inflate.DecodeBlock(source, destination, tables, inflate._bits.Take(2));
            // Whatever else looked wrong, it was in bits that are not there.
            if (inflate._bits.Overrun(source))
                error = ImageError.Truncated;
        }
        while (error == ImageError.None && !last);
        read = inflate._bits.BytePosition;
        written = inflate._position;
        return error;
    }

    private ImageError DecodeBlock(ReadOnlySpan<byte> source, Span<byte> output, Span<ushort> tables, uint kind)
    {
        switch (kind)
        {
            case 0:
                return CopyStored(source, output);
            case 1:
                return BuildFixedCodes(tables) ? DecodeSymbols(source, output, tables) : ImageError.CorruptGzip;
            case 2:
                return BuildDynamicCodes(source, tables) ? DecodeSymbols(source, output, tables) : ImageError.CorruptGzip;
            default:
                return ImageError.CorruptGzip;
        }
    }

    private ImageError CopyStored(ReadOnlySpan<byte> source, Span<byte> output)
    {
        ReadOnlySpan<byte> header = _bits.Bytes(source, 4);
        if (header.IsEmpty)
            return ImageError.Truncated;
        int size = header[0] | header[1] << 8;
        if ((size ^ (header[2] | header[3] << 8)) != 0xFFFF)
            return ImageError.CorruptGzip;
        ReadOnlySpan<byte> bytes = _bits.Bytes(source, size);
        return bytes.Length != size ? ImageError.Truncated : OverlappingCopy.Append(output, ref _position, bytes);
    }

    private static bool BuildFixedCodes(Span<ushort> tables)
    {
        Span<byte> lengths = Scratch.Zeroed(stackalloc byte[LiteralCount]);
        lengths.Slice(0, 144).Fill(8);
        lengths.Slice(144, 112).Fill(9);
        lengths.Slice(256, 24).Fill(7);
        lengths.Slice(280).Fill(8);
        if (!PrefixCode.Build(tables.Slice(Literals), lengths))
            return false;
        // Distances 30 and 31 have codes that never occur.
        lengths.Slice(0, 32).Fill(5);
        return PrefixCode.Build(tables.Slice(Distances), lengths.Slice(0, 32));
    }

    private bool BuildDynamicCodes(ReadOnlySpan<byte> source, Span<ushort> tables)
    {
        _bits.Refill(source);
        int literals = (int)_bits.Take(5) + 257;
        int distances = (int)_bits.Take(5) + 1;
        int codes = (int)_bits.Take(4) + 4;
        if (literals > 286 || distances > DistanceCount)
            return false;
        ReadOnlySpan<byte> order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        Span<byte> lengths = Scratch.Zeroed(stackalloc byte[LiteralCount + DistanceCount]);
        for (int index = 0; index < codes; index++)
        {
            _bits.Refill(source);
            lengths[order[index]] = (byte)_bits.Take(3);
        }
        if (!PrefixCode.Build(tables.Slice(Lengths), lengths.Slice(0, LengthCodeCount)))
            return false;
        lengths = lengths.Slice(0, literals + distances);
        // A block without a code for its end could not end.
        return ReadLengths(source, tables.Slice(Lengths), lengths) && lengths[256] != 0
            && PrefixCode.Build(tables.Slice(Literals), lengths.Slice(0, literals))
            && PrefixCode.Build(tables.Slice(Distances), lengths.Slice(literals));
    }

    /// <summary>Reads run-length coded code lengths: 16 repeats the last one, 17 and 18 repeat zero.</summary>
    private bool ReadLengths(ReadOnlySpan<byte> source, ReadOnlySpan<ushort> code, Span<byte> lengths)
    {
        int at = 0;
        while (at < lengths.Length)
        {
            _bits.Refill(source);
            int symbol = PrefixCode.Decode(code, ref _bits);
            int repeat = symbol switch
            {
                16 => 3 + (int)_bits.Take(2),
                17 => 3 + (int)_bits.Take(3),
                18 => 11 + (int)_bits.Take(7),
                _ => 1,
            };
            if (symbol == PrefixCode.Invalid || repeat > lengths.Length - at || (symbol == 16 && at == 0))
                return false;
            byte length = symbol < 16 ? (byte)symbol : symbol == 16 ? lengths[at - 1] : (byte)0;
            lengths.Slice(at, repeat).Fill(length);
            at += repeat;
        }
        return true;
    }
}
