using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>How a domain gets a <see cref="LargeExtent"/>, piece by piece.</summary>
public static class LargeExtents
{
    private static ulong Piece => 1ul << Allocations.LargestStep;

    /// <summary>Begins to give 2^order frames, every one below 2^addressBits bytes; false where there are none.</summary>
    public static bool TryBegin(ref Domain domain, int order, int addressBits)
    {
        Abandon(ref domain);
        if (!FrameAllocator.TryTakeUnclaimed(order, addressBits, forDomain: true, out Mfn block))
            return false;
        domain.Memory.Extent = new LargeExtent { Start = (uint)block.Value, Order = (byte)order, AddressBits = (byte)addressBits };
        return true;
    }

    /// <summary>Gives the piece of that number, of a block of 2^order frames that was begun; false where it is not its turn.</summary>
    public static bool TryGive(ref Domain domain, int order, ulong piece, out Mfn frames)
    {
        ref LargeExtent extent = ref domain.Memory.Extent;
        frames = new Mfn(extent.Start + (ulong)extent.Done);
        if (extent.Order != order || extent.Done != piece * Piece)
            return false;
        for (ulong index = 0; index < Piece; index++)
            FrameAllocator.Claim(frames.Plus(index));
        Allocations.Hand(ref domain, frames, Piece);
        extent.Done += (uint)Piece;
        if (extent.Left == 0)
            extent = default;
        return true;
    }

    /// <summary>Gives back what a domain has not been given of its block.</summary>
    public static void Abandon(ref Domain domain)
    {
        LargeExtent extent = domain.Memory.Extent;
        domain.Memory.Extent = default;
        if (extent.Left != 0)
            FrameAllocator.ReturnUnclaimed(new Mfn(extent.Start + (ulong)extent.Done), new Mfn(extent.Start + (1ul << extent.Order)));
    }
}
