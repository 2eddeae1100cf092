using System;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>The half of the symbol decoder that deals with matches: length and distance.</summary>
internal partial struct Lzma
{
    private const int ShortestMatch = 2;

    /// <summary>
    /// Decodes what follows a set match bit: leaves the distance (minus one) in <see cref="_distance0"/>, returns the length.
    /// The caller checks both.
    /// </summary>
    private int DecodeMatch(ReadOnlySpan<byte> input, Span<ushort> probabilities)
    {
        unchecked
        {
            probabilities = probabilities.Slice(0, ProbabilityCount);
            RangeDecoder coder = _coder;
            uint state = _state;
            uint positionState = (uint)_position & _positionMask;
            uint length;
            if (coder.Bit(input, ref probabilities[(int)((IsRepeat + state) & ProbabilityMask)]) == 0)
            {
                length = DecodeLength(ref coder, input, probabilities, MatchLength, positionState);
                PushDistance(DecodeDistance(ref coder, input, probabilities, length));
                _state = state < StatesAfterLiteral ? 7u : 10u;
            }
            else if (DecodeRecentDistance(ref coder, input, probabilities, state, positionState))
            {
                length = 1;
                _state = state < StatesAfterLiteral ? 9u : 11u;
            }
            else
            {
                length = DecodeLength(ref coder, input, probabilities, RepeatLength, positionState);
                _state = state < StatesAfterLiteral ? 8u : 11u;
            }
            _coder = coder;
            return (int)length;
        }
    }

    private void PushDistance(uint distance)
    {
        _distance3 = _distance2;
        _distance2 = _distance1;
        _distance1 = _distance0;
        _distance0 = distance;
    }

    /// <summary>Brings the repeated distance to the front; true when the symbol is the one-byte repeat, which has no length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool DecodeRecentDistance(
        ref RangeDecoder coder, ReadOnlySpan<byte> input, Span<ushort> probabilities, uint state, uint positionState)
    {
        unchecked
        {
            if (coder.Bit(input, ref probabilities[(int)((IsRepeat0 + state) & ProbabilityMask)]) == 0)
                return coder.Bit(input, ref probabilities[(int)((IsRepeat0Long + (state << 4) + positionState) & ProbabilityMask)]) == 0;
            uint distance = _distance1;
            if (coder.Bit(input, ref probabilities[(int)((IsRepeat1 + state) & ProbabilityMask)]) != 0)
            {
                distance = _distance2;
                if (coder.Bit(input, ref probabilities[(int)((IsRepeat2 + state) & ProbabilityMask)]) != 0)
                {
                    distance = _distance3;
                    _distance3 = _distance2;
                }
                _distance2 = _distance1;
            }
            _distance1 = _distance0;
            _distance0 = distance;
            return false;
        }
    }

    /// <summary>A length of 2 to 273: three trees of 8, 8 and 256 leaves, the first two apart for each position state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint DecodeLength(
        ref RangeDecoder coder, ReadOnlySpan<byte> input, Span<ushort> probabilities, uint model, uint positionState)
    {
        unchecked
        {
            uint tree = model + 2 + (positionState << 3);
            uint leaves = 8;
            uint shortest = ShortestMatch;
            if (coder.Bit(input, ref probabilities[(int)(model & ProbabilityMask)]) != 0)
            {
                tree += 16 * 8;
                shortest = ShortestMatch + 8;
                if (coder.Bit(input, ref probabilities[(int)((model + 1) & ProbabilityMask)]) != 0)
                {
                    tree = model + 2 + 2 * 16 * 8;
                    leaves = 256;
                    shortest = ShortestMatch + 16;
                }
            }
            return shortest + Tree(ref coder, input, probabilities, tree, leaves);
        }
    }

    /// <summary>A distance minus one: a slot of 6 bits gives its two high bits and their place, the rest follows by model or directly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint DecodeDistance(ref RangeDecoder coder, ReadOnlySpan<byte> input, Span<ushort> probabilities, uint length)
    {
        unchecked
        {
            uint lengthClass = length < ShortestMatch + 4 ? length - ShortestMatch : 3;
            uint slot = Tree(ref coder, input, probabilities, DistanceSlot + (lengthClass << 6), 64);
            if (slot < 4)
                return slot;
            int bits = (int)(slot >> 1) - 1;
            uint distance = (2 | slot & 1) << bits;
            uint tree = DistanceSpecial - 1 + distance - slot;
            if (slot >= 14)
            {
                distance += coder.DirectBits(input, bits - 4) << 4;
                bits = 4;
                tree = DistanceAlign;
            }
            uint node = 1;
            for (int bit = 0; bit < bits; bit++)
            {
                uint value = coder.Bit(input, ref probabilities[(int)((tree + node) & ProbabilityMask)]);
                node = node << 1 | value;
                distance += value << bit;
            }
            return distance;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Tree(ref RangeDecoder coder, ReadOnlySpan<byte> input, Span<ushort> probabilities, uint tree, uint leaves)
    {
        unchecked
        {
            uint node = 1;
            do
                node = node << 1 | coder.Bit(input, ref probabilities[(int)((tree + node) & ProbabilityMask)]);
            while (node < leaves);
            return node - leaves;
        }
    }
}
