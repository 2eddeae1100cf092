using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>Frames going to domains and coming back.</summary>
public static class DomainMemory
{
    /// <summary>
    /// Gives a domain 2^order cleared frames, every one below 2^addressBits bytes; false where there are none. The limit of the domain is the
    /// caller's matter.
    /// </summary>
    public static bool TryGive(ref Domain domain, int order, int addressBits, out Mfn block)
    {
        if (!FrameAllocator.TryTake(order, addressBits, out block))
            return false;
        DirectMap.Bytes(block.Address, Mfn.Size << order).Clear();
        for (ulong index = 0; index < 1ul << order; index++)
            FrameList.Add(ref domain, block.Plus(index));
        Preemption.Spend(1ul << order);
        return true;
    }

    /// <summary>Takes a frame's allocation back; false where it had none any more, or where the hypervisor itself shares it.</summary>
    public static bool TryTakeBack(ref Domain domain, Mfn frame)
    {
        if (FrameTable.Of(frame).Has(Frame.Shared))
            return false;
        Preemption.Spend(1);
        return FrameTable.GiveAllocation(frame);
    }
}
