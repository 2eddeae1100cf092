using Serai.Abi;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// Free frames in blocks of 2^order, a buddy system (Knuth, TAOCP 1, 2.5) over two zones: below 4 GiB, which devices with 32-bit addresses need
/// and which is therefore given out last, and above. Frames come out with whatever they held; who gives them to a domain clears them. But no
/// guest can reach them any more, not even through a translation that the processor remembers: see <see cref="Claim"/>.
/// </summary>
public static class FrameAllocator
{
    /// <summary>The largest block is 2^18 frames, 1 GiB.</summary>
    public const int MaximumOrder = 18;

    private const int Orders = MaximumOrder + 1;
    private const ulong LowZoneEnd = 1ul << 20;

    /// <summary>Blocks looked at in a list for one below a limit: a guest can make lists long.</summary>
    private const uint LongestSearch = 4096;

    private const uint StepsPerMicrosecond = 16;

    private static readonly uint[] heads = new uint[2 * Orders];

    /// <summary>Frames that are free now.</summary>
    public static ulong FreeCount { get; private set; }

    /// <summary>Empties all lists; frames are then given by <see cref="Free"/>.</summary>
    public static void Initialise()
    {
        for (int list = 0; list < heads.Length; list++)
            heads[list] = Frame.Nil;
        FreeCount = 0;
    }

    private static int ListOf(ulong number, int order) => (number < LowZoneEnd ? 0 : Orders) + order;

    /// <summary>Takes 2^order frames, naturally aligned, every one below 2^addressBits bytes; false where there is no such block.</summary>
    public static bool TryTake(int order, int addressBits, out Mfn block)
    {
        block = default;
        if ((uint)order > MaximumOrder)
            return false;
        if (addressBits > 32 && TryTakeFrom(Orders, order, addressBits, out block))
            return true;
        return TryTakeFrom(0, order, addressBits, out block);
    }

    /// <summary>Takes 2^order frames anywhere.</summary>
    public static bool TryTake(int order, out Mfn block) => TryTake(order, 64, out block);

    private static bool TryTakeFrom(int zone, int order, int addressBits, out Mfn block)
    {
        block = default;
        for (int size = order; size < Orders; size++)
        {
            uint number = heads[zone + size];
            if (addressBits < 52)
                number = FirstBelow(number, order, addressBits);
            if (number == Frame.Nil)
                continue;
            Unlink(number, size);
            for (int half = size - 1; half >= order; half--)
                Link(number + (1ul << half), half);
            for (ulong frame = 0; frame < 1ul << order; frame++)
                Claim(ref State.Frames[number + frame]);
            FreeCount -= 1ul << order;
            block = new Mfn(number);
            return true;
        }
        return false;
    }

    /// <summary>
    /// A frame that was given back since the last flush may still be in the TLB under its former owner, who could write to it: that ends here,
    /// whether the frame goes to a domain or holds the hypervisor's own records.
    /// </summary>
    private static void Claim(ref Frame frame)
    {
        frame.Owner = DomainIds.Xen;
        Flushes.BeforeNewOwner(ref frame);
    }

    /// <summary>The first block of a list whose beginning lies below the limit; a block's lower half is what is given out.</summary>
    private static uint FirstBelow(uint number, int order, int addressBits)
    {
        ulong limit = addressBits > Mfn.Shift ? 1ul << (addressBits - Mfn.Shift) : 0;
        uint steps = 0;
        for (; number != Frame.Nil && number + (1ul << order) > limit && steps < LongestSearch; steps++)
            number = State.Frames[number].Next;
        Preemption.Spend(steps / StepsPerMicrosecond);
        return steps < LongestSearch ? number : Frame.Nil;
    }

    /// <summary>Gives back 2^order frames that nobody refers to any more.</summary>
    public static void Free(Mfn block, int order)
    {
        ulong number = block.Value;
        for (ulong frame = 0; frame < 1ul << order; frame++)
        {
            ref Frame freed = ref State.Frames[number + frame];
            freed.Owner = DomainIds.Invalid;
            freed.State = 0;
        }
        FreeCount += 1ul << order;
        for (; order < MaximumOrder; order++)
        {
            ulong buddy = number ^ (1ul << order);
            if (buddy >= State.Frames.Length || !State.Frames[buddy].Has(Frame.FreeHead) || State.Frames[buddy].Place != order)
                break;
            Unlink(buddy, order);
            number &= ~(1ul << order);
        }
        Link(number, order);
    }

    private static void Link(ulong number, int order)
    {
        ref Frame frame = ref State.Frames[number];
        ref uint head = ref heads[ListOf(number, order)];
        frame.Owner = DomainIds.Invalid;
        frame.State |= Frame.FreeHead;
        frame.Place = (ushort)order;
        frame.Previous = Frame.Nil;
        frame.Next = head;
        if (head != Frame.Nil)
            State.Frames[head].Previous = (uint)number;
        head = (uint)number;
    }

    private static void Unlink(ulong number, int order)
    {
        ref Frame frame = ref State.Frames[number];
        if (frame.Previous == Frame.Nil)
            heads[ListOf(number, order)] = frame.Next;
        else
            State.Frames[frame.Previous].Next = frame.Next;
        if (frame.Next != Frame.Nil)
            State.Frames[frame.Next].Previous = frame.Previous;
        frame.State &= ~Frame.FreeHead;
    }
}
