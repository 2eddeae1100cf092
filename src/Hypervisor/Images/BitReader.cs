using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Images;

/// <summary>
/// Takes bits from the low end of bytes, as deflate packs them. Past the end it yields zeros and <see cref="Overrun"/> becomes true,
/// which the owner asks once per symbol. The input is given to each call, always the same.
/// Copy the reader to a local in a hot loop: its methods are inlined.
/// </summary>
internal struct BitReader
{
    /// <summary>Bits that are at hand after <see cref="Refill"/>, at least.</summary>
    public const int RefillBits = 56;

    private ulong _bits;
    private int _count;
    private int _position;

    /// <summary>Whether bits were taken that are not there.</summary>
    public readonly bool Overrun(ReadOnlySpan<byte> input) => _position - (_count >> 3) > input.Length;

    /// <summary>The offset of the first byte of which no bit has been taken.</summary>
    public readonly int BytePosition => _position - (_count >> 3);

    /// <summary>The next bits, the first of them lowest; what lies above those at hand is undefined.</summary>
    public readonly ulong Peek => _bits;

    /// <summary>Brings <see cref="RefillBits"/> bits or more to hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill(ReadOnlySpan<byte> input)
    {
        unchecked
        {
            if (input.Length - _position >= 8)
            {
                _bits |= BinaryPrimitives.ReadUInt64LittleEndian(input.Slice(_position)) << _count;
                int bytes = (63 - _count) >> 3;
                _position += bytes;
                _count += bytes << 3;
                return;
            }
            for (; _count < RefillBits; _count += 8)
            {
                if (_position < input.Length)
                    _bits |= (ulong)input[_position] << _count;
                _position++;
            }
        }
    }

    /// <summary>Drops bits that are at hand; fewer than 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count)
    {
        unchecked
        {
            _bits >>= count;
            _count -= count;
        }
    }

    /// <summary>Takes up to 16 bits that are at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Take(int count)
    {
        unchecked
        {
            uint value = (uint)_bits & ((1u << count) - 1);
            Skip(count);
            return value;
        }
    }

    /// <summary>Goes on at the next byte boundary: takes <paramref name="count"/> whole bytes, or none when there are fewer.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> input, int count)
    {
        int start = BytePosition;
        _bits = 0;
        _count = 0;
        _position = start;
        if (count > input.Length - start)
            return default;
        _position += count;
        return input.Slice(start, count);
    }
}
