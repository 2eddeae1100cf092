using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>Frames going to domains and coming back.</summary>
public static class Allocations
{
    /// <summary>The most frames that are given in one step are 2^9, 2 MiB; larger blocks are given in pieces (<see cref="LargeExtent"/>).</summary>
    public static int LargestStep => LargePage.Order;

    /// <summary>
    /// Gives a domain 2^order cleared frames, every one below 2^addressBits bytes; false where there are none. The limit of the domain is the
    /// caller's matter.
    /// </summary>
    public static bool TryGive(ref Domain domain, int order, int addressBits, out Mfn block)
    {
        if (!FrameAllocator.TryTake(order, addressBits, forDomain: true, out block))
            return false;
        Hand(ref domain, block, 1ul << order);
        return true;
    }

    /// <summary>Hands a domain frames that have been taken for it.</summary>
    public static void Hand(ref Domain domain, Mfn start, ulong frames)
    {
        ulong cleared = 0;
        for (ulong index = 0; index < frames; index++)
        {
            Mfn frame = start.Plus(index);
            if (Scrubber.ClearTaken(frame))
                cleared++;
            Written.Frame(frame);
            FrameList.Add(ref domain, frame);
        }
        Preemption.Charge(Cost.FrameHanded, frames);
        Preemption.Charge(Cost.FrameCleared, cleared);
    }

    /// <summary>Takes a frame's allocation back; false where it had none any more, or where the hypervisor itself shares it.</summary>
    public static bool TryTakeBack(ref Domain domain, Mfn frame)
    {
        ref Frame record = ref FrameTable.Of(frame);
        if (record.Has(Frame.Shared))
            return false;
        Preemption.Charge(Cost.FrameBack);
        return FrameTable.PutAllocation(frame, ref record);
    }

    /// <summary>Gives back what was on its way to a domain; true when nothing is left.</summary>
    public static bool TryReleasePromised(ref Domain domain)
    {
        for (ref uint number = ref domain.Teardown.Cursor; number < domain.VcpuCount; number++)
        {
            if (Preemption.IsDue)
                return false;
            domain.Vcpu(number).Exchange.Abandon();
        }
        LargeExtents.Abandon(ref domain);
        return true;
    }

    /// <summary>Gives back all that a domain was given; true at the end of the walk over its frames. Those that others use come back later.</summary>
    public static bool TryRelease(ref Domain domain)
    {
        while (FrameList.TryWalk(ref domain, out Mfn frame))
        {
            Preemption.Charge(Cost.FrameBack);
            FrameTable.PutAllocation(frame);
        }
        return FrameList.IsWalked(domain);
    }
}
