using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Descriptors;

/// <summary>
/// Segment descriptors of guests' GDTs and LDTs. A descriptor that the processor will use must be a code or data segment of ring 3, or not
/// present: no gates, no task states, nothing of a lower ring (SDM vol. 3, 3.4.5). Nor a stack of 16 bits: iretq to one leaves bits 16 to 31 of the
/// hypervisor's RSP in the guest's.
/// </summary>
public static class DescriptorRules
{
    private const ulong PresentBit = 1ul << 47, SegmentBit = 1ul << 44, RingMask = 3ul << 45, CodeBit = 1ul << 43, ConformingBit = 1ul << 42,
        WritableBit = 1ul << 41, LongBit = 1ul << 53, DefaultBit = 1ul << 54;

    /// <summary>
    /// Checks a descriptor, raises its ring to 3, and makes of a segment that can be a 16-bit stack one of 32 bits; false where it may not be
    /// installed.
    /// </summary>
    public static bool TryAdjust(ref ulong descriptor)
    {
        if ((descriptor & PresentBit) == 0)
            return true;
        bool conformingCode = (descriptor & (CodeBit | ConformingBit)) == (CodeBit | ConformingBit);
        bool codeOfTwoSizes = (descriptor & (CodeBit | LongBit | DefaultBit)) == (CodeBit | LongBit | DefaultBit);
        if ((descriptor & SegmentBit) == 0 || conformingCode || codeOfTwoSizes)
            return false;
        descriptor |= RingMask;
        if ((descriptor & (CodeBit | WritableBit)) == WritableBit)
            descriptor |= DefaultBit;
        return true;
    }

    /// <summary>Checks all 512 descriptors of a frame, raising their rings in place: None or Inval.</summary>
    public static Errno Validate(Mfn mfn)
    {
        Span<ulong> table = DirectMap.Table(mfn);
        Preemption.Charge(Cost.DescriptorPage);
        Written.Frame(mfn);
        foreach (ref ulong descriptor in table)
        {
            if (!TryAdjust(ref descriptor))
                return Errno.Inval;
        }
        return Errno.None;
    }
}
