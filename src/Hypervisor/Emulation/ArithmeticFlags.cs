namespace Serai.Hypervisor.Emulation;

/// <summary>
/// The status flags after an operation of 1, 2, 4 or 8 bytes (Intel SDM vol. 1, 3.4.3.1), as a new RFLAGS. Operands are zero-extended.
/// </summary>
public static class ArithmeticFlags
{
    public const ulong Carry = 1 << 0;
    public const ulong Parity = 1 << 2;
    public const ulong Adjust = 1 << 4;
    public const ulong Zero = 1 << 6;
    public const ulong Sign = 1 << 7;
    public const ulong Overflow = 1 << 11;

    /// <summary>All six.</summary>
    public const ulong All = Carry | Parity | Adjust | Zero | Sign | Overflow;

    /// <summary>The flags of left + right.</summary>
    public static ulong AfterAdd(ulong rflags, ulong left, ulong right, int size)
    {
        var result = unchecked(left + right) & Instruction.OperandMask(size);
        return After(rflags, left ^ right ^ result, result, result < left, ~(left ^ right) & (left ^ result), size);
    }

    /// <summary>The flags of left − right.</summary>
    public static ulong AfterSubtract(ulong rflags, ulong left, ulong right, int size)
    {
        var result = unchecked(left - right) & Instruction.OperandMask(size);
        return After(rflags, left ^ right ^ result, result, left < right, (left ^ right) & (left ^ result), size);
    }

    // The highest bit of `overflow` says whether the result has the wrong sign.
    private static ulong After(ulong rflags, ulong carries, ulong result, bool carry, ulong overflow, int size)
        => (rflags & ~All) | OfResult(result, size) | AdjustOf(carries) | (carry ? Carry : 0) | (IsNegative(overflow, size) ? Overflow : 0);

    /// <summary>The flags of and, or and xor; the undefined adjust flag is cleared.</summary>
    public static ulong AfterLogic(ulong rflags, ulong result, int size) => (rflags & ~All) | OfResult(result, size);

    /// <summary>The flags of bts, btr and btc: only carry changes.</summary>
    public static ulong AfterBitTest(ulong rflags, bool bit) => (rflags & ~Carry) | (bit ? Carry : 0);

    private static ulong OfResult(ulong result, int size)
    {
        ulong flags = 0;
        if (result == 0)
            flags |= Zero;
        if (IsNegative(result, size))
            flags |= Sign;
        if ((ParityFold(result) & 1) == 0)
            flags |= Parity;
        return flags;
    }

    // Parity is of the lowest byte alone.
    private static ulong ParityFold(ulong result)
    {
        result ^= result >> 4;
        result ^= result >> 2;
        return result ^ (result >> 1);
    }

    private static ulong AdjustOf(ulong carries) => carries & Adjust;

    private static bool IsNegative(ulong value, int size) => ((value >> ((size * 8) - 1)) & 1) != 0;
}
