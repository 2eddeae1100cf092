using System;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The LZMA symbol decoder (literals, matches, repeated matches) over one output span that is also the dictionary.
/// The owner, <see cref="Lzma2"/>, feeds it chunk after chunk and says when to reset what. It gives the same probabilities
/// to every call, and the same output until it resets the dictionary.
/// Invariant: in a state that follows a match, every distance in use is below <see cref="_position"/>;
/// a match with a distance that reaches before the output is refused, and every reset of the output resets the state.
/// </summary>
internal partial struct Lzma
{
    /// <summary>Bytes of workspace the probabilities take.</summary>
    public const int ProbabilitiesSize = ProbabilityCount * sizeof(ushort);

    // A power of two above the highest index in use: an index masked with it needs no bounds check.
    private const int ProbabilityCount = 16384;
    private const int ProbabilityMask = ProbabilityCount - 1;

    // Where each model lies in the probabilities.
    private const int IsMatch = 0;
    private const int IsRepeat = IsMatch + 12 * 16;
    private const int IsRepeat0 = IsRepeat + 12;
    private const int IsRepeat1 = IsRepeat0 + 12;
    private const int IsRepeat2 = IsRepeat1 + 12;
    private const int IsRepeat0Long = IsRepeat2 + 12;
    private const int DistanceSlot = IsRepeat0Long + 12 * 16;
    private const int DistanceSpecial = DistanceSlot + 4 * 64;
    private const int DistanceAlign = DistanceSpecial + 128;
    private const int MatchLength = DistanceAlign + 16;
    private const int RepeatLength = MatchLength + LengthModelSize;
    private const int Literal = RepeatLength + LengthModelSize;
    private const int LiteralCoderSize = 0x300;
    private const int LengthModelSize = 2 + 16 * 8 + 16 * 8 + 256;

    private const uint StatesAfterLiteral = 7;

    private RangeDecoder _coder;
    private int _position;
    private uint _state;
    private uint _distance0;
    private uint _distance1;
    private uint _distance2;
    private uint _distance3;
    private int _literalContextBits;
    private uint _literalPositionMask;
    private uint _positionMask;

    /// <summary>Bytes written since the dictionary was reset.</summary>
    public readonly int Position => _position;

    /// <summary>Forgets the dictionary: output goes to the head of another span from now on.</summary>
    public void ResetDictionary(Span<ushort> probabilities)
    {
        _position = 0;
        ResetState(probabilities);
    }

    /// <summary>Sets lc, lp and pb from their common byte; false when it is out of range or lc + lp exceeds 4.</summary>
    public bool SetProperties(byte properties)
    {
        int literalContextBits = properties % 9;
        int literalPositionBits = properties / 9 % 5;
        int positionBits = properties / 45;
        if (positionBits > 4 || literalContextBits + literalPositionBits > 4)
            return false;
        _literalContextBits = literalContextBits;
        _literalPositionMask = (1u << literalPositionBits) - 1;
        _positionMask = (1u << positionBits) - 1;
        return true;
    }

    /// <summary>Returns every model to even odds and forgets the recent distances.</summary>
    public void ResetState(Span<ushort> probabilities)
    {
        probabilities.Slice(0, ProbabilityCount).Fill(RangeDecoder.EvenOdds);
        _state = 0;
        _distance0 = _distance1 = _distance2 = _distance3 = 0;
    }

    /// <summary>Appends bytes as they are, as an uncompressed chunk does.</summary>
    public ImageError Append(Span<byte> output, ReadOnlySpan<byte> bytes) => OverlappingCopy.Append(output, ref _position, bytes);

    /// <summary>
    /// Decodes exactly <paramref name="count"/> bytes from <paramref name="input"/>, which must end with them.
    /// The caller has checked that they fit into the output.
    /// </summary>
    public bool Decode(ReadOnlySpan<byte> input, Span<byte> output, Span<ushort> probabilities, int count)
    {
        if (input.Length < RangeDecoder.HeaderSize || input[0] != 0)
            return false;
        _coder = new RangeDecoder(input);
        int limit = _position + count;
        while (DecodeLiterals(input, output, probabilities, limit))
        {
            int length = DecodeMatch(input, probabilities);
            if (_coder.Overrun(input) || _distance0 >= (uint)_position || length > limit - _position)
                return false;
            OverlappingCopy.Repeat(output, _position, (int)_distance0 + 1, length);
            _position += length;
        }
        return _coder.Finished(input);
    }

    /// <summary>
    /// Decodes literals until the next symbol is a match (true) or <paramref name="limit"/> is reached or the input ran out (false).
    /// </summary>
    private bool DecodeLiterals(ReadOnlySpan<byte> input, Span<byte> output, Span<ushort> probabilities, int limit)
    {
        unchecked
        {
            probabilities = probabilities.Slice(0, ProbabilityCount);
            output = output.Slice(0, limit);
            RangeDecoder coder = _coder;
            uint state = _state;
            int position = _position;
            uint previous = position > 0 ? output[position - 1] : 0u;
            bool match = false;
            while (position < output.Length && !coder.Overrun(input))
            {
                uint positionState = (uint)position & _positionMask;
                if (coder.Bit(input, ref probabilities[(int)((IsMatch + (state << 4) + positionState) & ProbabilityMask)]) != 0)
                {
                    match = true;
                    break;
                }
                uint context = (((uint)position & _literalPositionMask) << _literalContextBits) + (previous >> (8 - _literalContextBits));
                uint model = Literal + LiteralCoderSize * context;
                previous = state < StatesAfterLiteral
                    ? Tree(ref coder, input, probabilities, model, 0x100)
                    : MatchedLiteral(ref coder, input, probabilities, model, output[position - (int)_distance0 - 1]);
                state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
                output[position] = (byte)previous;
                position++;
            }
            _coder = coder;
            _state = state;
            _position = position;
            return match;
        }
    }

    /// <summary>
    /// A literal right after a match differs from the byte the match would have gone on with: that byte selects the model until they
    /// part.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint MatchedLiteral(
        ref RangeDecoder coder, ReadOnlySpan<byte> input, Span<ushort> probabilities, uint model, uint expected)
    {
        unchecked
        {
            uint symbol = 1;
            uint agreed = 0x100;
            do
            {
                expected <<= 1;
                uint expectedBit = expected & agreed;
                uint bit = coder.Bit(input, ref probabilities[(int)((model + agreed + expectedBit + symbol) & ProbabilityMask)]);
                symbol = symbol << 1 | bit;
                agreed &= expectedBit ^ (bit - 1);
            }
            while (symbol < 0x100);
            return symbol & 0xFF;
        }
    }
}
