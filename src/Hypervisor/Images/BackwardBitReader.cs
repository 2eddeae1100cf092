using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Takes bits from the end of bytes towards their beginning, as zstd's entropy coders write them (RFC 8878, 4.1): the highest set bit of the last
/// byte marks where they start. Before the beginning it yields zeros and <see cref="Remaining"/> becomes negative.
/// The input is given to each call, always the same. Copy the reader to a local in a hot loop: its methods are inlined.
/// </summary>
internal struct BackwardBitReader
{
    /// <summary>Bits that are at hand after <see cref="Refill"/>, at least.</summary>
    public const int RefillBits = 56;

    // The next bit is the highest. Bits below those counted may be set, but only to what refilling would set them to.
    private ulong _bits;
    private int _count;
    private int _position;

    /// <summary>Starts behind the end mark of <paramref name="input"/>; see <see cref="IsValid"/>.</summary>
    public BackwardBitReader(ReadOnlySpan<byte> input)
    {
        _position = input.Length;
        IsValid = input.Length > 0 && input[input.Length - 1] != 0;
        if (!IsValid)
            return;
        Refill(input);
        int mark = 1;
        for (int last = input[input.Length - 1]; last < 0x80; last <<= 1)
            mark++;
        Skip(mark);
    }

    /// <summary>Whether the input had an end mark.</summary>
    public bool IsValid { get; }

    /// <summary>Bits that are left; negative when more were taken than there are.</summary>
    public readonly long Remaining => (long)_position * 8 + _count;

    /// <summary>Brings <see cref="RefillBits"/> bits or more to hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill(ReadOnlySpan<byte> input)
    {
        unchecked
        {
            if (_position >= 8)
            {
                _bits |= BinaryPrimitives.ReadUInt64LittleEndian(input.Slice(_position - 8)) >> _count;
                int bytes = (63 - _count) >> 3;
                _position -= bytes;
                _count += bytes << 3;
                return;
            }
            for (; _count < RefillBits; _count += 8)
            {
                _position--;
                if (_position >= 0)
                    _bits |= (ulong)input[_position] << (RefillBits - _count);
            }
        }
    }

    /// <summary>The next <paramref name="count"/> bits, 0 to 32, that are at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Peek(int count) => unchecked((uint)(_bits >> 1 >> (63 - count)));

    /// <summary>Drops bits that are at hand; fewer than 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count)
    {
        unchecked
        {
            _bits <<= count;
            _count -= count;
        }
    }

    /// <summary>Takes the next <paramref name="count"/> bits, 0 to 32, that are at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Take(int count)
    {
        uint value = Peek(count);
        Skip(count);
        return value;
    }
}
