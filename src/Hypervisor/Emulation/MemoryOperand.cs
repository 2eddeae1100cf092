using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Emulation;

/// <summary>The segments whose override means something in 64-bit code; all others are flat.</summary>
public enum SegmentOverride : byte
{
    None,
    Fs,
    Gs,
}

/// <summary>A memory operand of 64-bit code: segment:[origin + index * 2^scale + displacement], or relative to the next instruction.</summary>
public struct MemoryOperand
{
    /// <summary>The number of no register.</summary>
    public const byte NoRegister = 0xff;

    /// <summary>The number of the general register that the address starts from, or <see cref="NoRegister"/>.</summary>
    public byte Origin;

    /// <summary>The number of the general register that is scaled, or <see cref="NoRegister"/>.</summary>
    public byte Index;

    /// <summary>The shift of the index, 0..3.</summary>
    public byte Scale;

    public bool RipRelative;

    /// <summary>An address-size prefix: the offset is cut to 32 bits before the segment is added.</summary>
    public bool Narrow;

    public SegmentOverride Segment;

    /// <summary>Sign-extended; 64 bits wide because of the absolute forms of mov.</summary>
    public long Displacement;

    /// <summary>The linear address; <paramref name="extra"/> is added to the offset as if it were more displacement.</summary>
    internal readonly ulong LinearAddress(in Registers registers, ulong nextRip, ulong extra, ulong fsAddress, ulong gsAddress)
    {
        unchecked
        {
            var offset = (ulong)Displacement + extra;
            if (RipRelative)
                offset += nextRip;
            if (Origin != NoRegister)
                offset += registers.Read(Origin);
            if (Index != NoRegister)
                offset += registers.Read(Index) << Scale;
            if (Narrow)
                offset &= 0xffff_ffff;
            return Segment switch
            {
                SegmentOverride.Fs => offset + fsAddress,
                SegmentOverride.Gs => offset + gsAddress,
                _ => offset,
            };
        }
    }
}
