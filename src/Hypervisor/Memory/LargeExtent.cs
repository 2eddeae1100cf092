using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// A block of more than 2 MiB on its way to a domain. Its first frames are the domain's already, the rest are taken and not claimed; other domains
/// run between the pieces. A call that begins another one, or the death of the domain, gives the rest back.
/// </summary>
public struct LargeExtent
{
    private const ulong Piece = 1ul << DomainMemory.LargestStep;

    private uint start, done;
    private byte order;

    /// <summary>Frames that are neither free nor anybody's.</summary>
    public readonly ulong Left => order == 0 ? 0 : (1ul << order) - done;

    /// <summary>Begins to give 2^order frames, every one below 2^addressBits bytes; false where there are none.</summary>
    public static bool TryBegin(ref Domain domain, int order, int addressBits)
    {
        Abandon(ref domain);
        if (!FrameAllocator.TryTakeUnclaimed(order, addressBits, forDomain: true, out Mfn block))
            return false;
        domain.Extent = new LargeExtent { start = (uint)block.Value, order = (byte)order };
        return true;
    }

    /// <summary>Gives the piece of that number, of a block of 2^order frames that was begun; false where it is not its turn.</summary>
    public static bool TryGive(ref Domain domain, int order, ulong piece, out Mfn frames)
    {
        ref LargeExtent extent = ref domain.Extent;
        frames = new Mfn(extent.start + (ulong)extent.done);
        if (extent.order != order || extent.done != piece * Piece)
            return false;
        for (ulong index = 0; index < Piece; index++)
            FrameAllocator.Claim(frames.Plus(index));
        DomainMemory.Hand(ref domain, frames, Piece);
        extent.done += (uint)Piece;
        if (extent.Left == 0)
            extent = default;
        return true;
    }

    /// <summary>Gives back what a domain has not been given of its block.</summary>
    public static void Abandon(ref Domain domain)
    {
        LargeExtent extent = domain.Extent;
        domain.Extent = default;
        if (extent.Left != 0)
            FrameAllocator.ReturnUnclaimed(new Mfn(extent.start + (ulong)extent.done), new Mfn(extent.start + (1ul << extent.order)));
    }
}
