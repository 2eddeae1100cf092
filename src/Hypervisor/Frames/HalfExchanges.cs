using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>What happens to the frames of a <see cref="HalfExchange"/>.</summary>
public static class HalfExchanges
{
    private const int DeviceBits = 32;

    /// <summary>
    /// Takes one more block for the domain, every frame below 2^addressBits bytes; false where there is none. What is kept for devices of 32 address
    /// bits and fewer is for the domain that drives them.
    /// </summary>
    public static bool TryAdd(this ref HalfExchange half, ref Domain domain, int addressBits)
    {
        bool forDevices = addressBits <= DeviceBits && domain.Rights.HasHardware;
        if (!FrameAllocator.TryTakeUnclaimed(half.Order, addressBits, forDomain: true, out Mfn block, forDevices))
            return false;
        if (half.Left == 0)
            half.First = (uint)block.Value;
        else
            FrameTable.All[half.Last].Next = (uint)block.Value;
        half.Last = (uint)block.Value;
        half.Left += 1u << half.Order;
        domain.Memory.Exchanging += 1ul << half.Order;
        return true;
    }

    /// <summary>Hands the next frame to the domain; tells its place within its block, and whether it is the last there.</summary>
    public static Mfn Hand(this ref HalfExchange half, ref Domain domain, out ulong place, out bool isLast)
    {
        place = half.Handed & ((1u << half.Order) - 1);
        isLast = place == (1ul << half.Order) - 1;
        if (place == 0)
            (half.Current, half.First) = (half.First, FrameTable.All[half.First].Next);
        Mfn frame = new Mfn(half.Current).Plus(place);
        (half.Left, half.Handed) = (half.Left - 1, half.Handed + 1);
        domain.Memory.Exchanging--;
        FrameAllocator.Claim(frame);
        Allocations.Hand(ref domain, frame, 1);
        return frame;
    }

    /// <summary>Gives back what is left.</summary>
    public static void Abandon(this ref HalfExchange half)
    {
        if (half.Left != 0 && DomainTable.TryFind(half.DomainId, out Link<Domain> domain) && domain.Value.Birth == half.Birth)
            domain.Value.Memory.Exchanging -= half.Left;
        uint size = 1u << half.Order, given = half.Handed & (size - 1);
        if (given != 0)
            Return(ref half, new Mfn(half.Current).Plus(given), size - given);
        while (half.Left != 0)
        {
            uint block = half.First;
            half.First = FrameTable.All[block].Next;
            Return(ref half, new Mfn(block), size);
        }
        half.Handed = 0;
    }

    private static void Return(ref HalfExchange half, Mfn start, uint frames)
    {
        half.Left -= frames;
        Preemption.Charge(Cost.RecordFrameBack);
        FrameAllocator.ReturnUnclaimed(start, start.Plus(frames));
    }
}
