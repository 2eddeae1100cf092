using System;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// The adaptive binary range decoder of LZMA. Decoding methods keep a copy in a local, which the compiler spreads over
/// registers; every method here is inlined for that reason. The input is given to each call, always the same.
/// Input that has run out reads as zeros and still advances <see cref="Consumed"/>: the owner compares it with the length
/// once per symbol instead of this code once per bit.
/// All arithmetic wraps by intent.
/// </summary>
internal struct RangeDecoder
{
    /// <summary>Bytes a range decoder reads before the first bit; the first of them is zero.</summary>
    public const int HeaderSize = 5;

    private const int ProbabilityBits = 11;
    private const int AdaptationShift = 5;

    /// <summary>The probability, of 2048, that a bit without history is 0.</summary>
    public const ushort EvenOdds = 1 << (ProbabilityBits - 1);

    private uint _range;
    private uint _code;

    /// <summary>Starts at the head of <paramref name="input"/>, which holds at least <see cref="HeaderSize"/> bytes.</summary>
    public RangeDecoder(ReadOnlySpan<byte> input)
    {
        _range = uint.MaxValue;
        _code = (uint)input[1] << 24 | (uint)input[2] << 16 | (uint)input[3] << 8 | input[4];
        Consumed = HeaderSize;
    }

    /// <summary>Bytes taken so far; more than there are means that the data are truncated.</summary>
    public int Consumed { get; private set; }

    /// <summary>Whether more bytes were taken than there are.</summary>
    public readonly bool Overrun(ReadOnlySpan<byte> input) => Consumed > input.Length;

    /// <summary>Whether a well-formed end has been reached: all bytes taken and nothing left in the code.</summary>
    public bool Finished(ReadOnlySpan<byte> input)
    {
        Normalize(input);
        return _code == 0 && Consumed == input.Length;
    }

    /// <summary>Decodes one bit and adapts its probability, which is in units of 1/2048 for the value 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Bit(ReadOnlySpan<byte> input, ref ushort probability)
    {
        unchecked
        {
            Normalize(input);
            uint odds = probability;
            uint bound = (_range >> ProbabilityBits) * odds;
            if (_code < bound)
            {
                _range = bound;
                probability = (ushort)(odds + ((2048 - odds) >> AdaptationShift));
                return 0;
            }
            _range -= bound;
            _code -= bound;
            probability = (ushort)(odds - (odds >> AdaptationShift));
            return 1;
        }
    }

    /// <summary>Decodes <paramref name="count"/> equally likely bits, high bit first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint DirectBits(ReadOnlySpan<byte> input, int count)
    {
        unchecked
        {
            uint value = 0;
            for (; count > 0; count--)
            {
                Normalize(input);
                _range >>= 1;
                _code -= _range;
                uint borrow = (uint)((int)_code >> 31);
                _code += _range & borrow;
                value = (value << 1) + borrow + 1;
            }
            return value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Normalize(ReadOnlySpan<byte> input)
    {
        unchecked
        {
            if (_range >= 1 << 24)
                return;
            int position = Consumed;
            uint next = (uint)position < (uint)input.Length ? input[position] : 0u;
            _code = _code << 8 | next;
            _range <<= 8;
            Consumed = position + 1;
        }
    }
}
