using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// A block of 2 MiB or more on its way to a domain. To find it is one step, and each piece of 2 MiB is one: its first frames are the domain's then,
/// the rest are taken and not claimed; other domains run between the steps. What is on its way counts against the domain's limit. A call that begins
/// another one, or ends without it, or the death of the domain, gives the rest back.
/// </summary>
public struct LargeExtent
{
    private static ulong Piece => 1ul << DomainMemory.LargestStep;

    private uint start, done;
    private byte order, addressBits;

    /// <summary>Frames that are neither free nor anybody's.</summary>
    public readonly ulong Left => order == 0 ? 0 : (1ul << order) - done;

    /// <summary>
    /// Whether a block of 2^order frames below 2^addressBits bytes has been found and nothing of it is given yet. Whichever call asked for it: one is
    /// as good as another.
    /// </summary>
    public readonly bool IsFound(int order, int addressBits) => (this.order, this.addressBits, done) == (order, addressBits, 0);

    /// <summary>Begins to give 2^order frames, every one below 2^addressBits bytes; false where there are none.</summary>
    public static bool TryBegin(ref Domain domain, int order, int addressBits)
    {
        Abandon(ref domain);
        if (!FrameAllocator.TryTakeUnclaimed(order, addressBits, forDomain: true, out Mfn block))
            return false;
        domain.Extent = new LargeExtent { start = (uint)block.Value, order = (byte)order, addressBits = (byte)addressBits };
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
