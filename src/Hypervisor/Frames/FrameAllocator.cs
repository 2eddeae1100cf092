using System.Numerics;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Frames;

/// <summary>
/// Free frames in blocks of 2^order, a buddy system (Knuth, TAOCP 1, 2.5) over three zones: below 4 GiB, which devices with 32-bit addresses need
/// and which is therefore given out last; above; and a range below that is kept for them (<see cref="Keep"/>), so that no domain breaks it up or
/// fills it. Blocks with used frames in them, which <see cref="Scrubber"/> is to clear, are on lists of their
/// own. Frames come out with whatever they held, and their flags say what that is; who gives them to a domain clears them. But no guest can reach
/// them any more, not even through a translation that a processor remembers: see <see cref="Claim"/>.
/// </summary>
public static class FrameAllocator
{
    /// <summary>The largest block is 2^18 frames, 1 GiB.</summary>
    public const int MaximumOrder = 18;

    private const ulong LowZoneEnd = 1ul << 20;

    /// <summary>
    /// In a block's <see cref="Frame.Place"/>: it may have used frames. In a list's number the same, and that it lies high or in what is kept.
    /// </summary>
    private const int Unclean = 32, High = 64, Kept = 128, Lists = Kept + High, Kinds = Lists / Unclean;

    /// <summary>Blocks looked at for one below a limit, in one list and in all: a guest can make lists long.</summary>
    private const uint LongestSearch = 1024, LongestSearchOfAll = 8192;

    /// <summary>The first block of each list: the list's number is its order with Unclean and High.</summary>
    private static ref ListHeads Heads => ref FramesState.Now.FrameAllocatorHeads;

    /// <summary>The orders of which there are blocks, a bit each, by Unclean and High.</summary>
    private static ref OrderSets Available => ref FramesState.Now.FrameAllocatorAvailable;

    /// <summary>A block for each list.</summary>
    [InlineArray(Lists)]
    public struct ListHeads
    {
        private uint element;
    }

    /// <summary>A set of orders for each kind of block.</summary>
    [InlineArray(Kinds)]
    public struct OrderSets
    {
        private uint element;
    }

    /// <summary>The block that is being cleared, or Nil.</summary>
    private static ref uint Watched => ref FramesState.Now.FrameAllocatorWatched;

    /// <summary>No address has more bits: from here on there is no limit.</summary>
    private const int NoLimit = 52;

    /// <summary>Blocks looked at in the present search.</summary>
    private static ref uint Searched => ref FramesState.Now.FrameAllocatorSearched;

    /// <summary>Frames that are free now.</summary>
    public static ulong FreeCount
    {
        get => FramesState.Now.FrameAllocatorFreeCount;
        private set => FramesState.Now.FrameAllocatorFreeCount = value;
    }

    /// <summary>Frames that are free now and kept for devices: no domain gets them but for an exchange.</summary>
    public static ulong KeptFree
    {
        get => FramesState.Now.FrameAllocatorKeptFree;
        private set => FramesState.Now.FrameAllocatorKeptFree = value;
    }

    /// <summary>Frames that are free now for whoever asks.</summary>
    public static ulong FreeForAll => FreeCount - KeptFree;

    private static ref ulong KeptStart => ref FramesState.Now.FrameAllocatorKeptStart;

    private static ref ulong KeptCount => ref FramesState.Now.FrameAllocatorKeptCount;

    /// <summary>Empties all lists; frames are then given by <see cref="Add"/>.</summary>
    public static void Initialise()
    {
        for (int list = 0; list < Lists; list++)
            Heads[list] = Frame.Nil;
        for (int kind = 0; kind < Kinds; kind++)
            Available[kind] = 0;
        FreeCount = KeptFree = KeptStart = KeptCount = 0;
    }

    /// <summary>The number of the list for a block and what is in its <see cref="Frame.Place"/>.</summary>
    private static int ListOf(ulong number, int place) => ZoneOf(number) | place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ZoneOf(ulong number) => IsKept(number) ? Kept : number < LowZoneEnd ? 0 : High;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsKept(ulong number) => unchecked(number - KeptStart) < KeptCount;

    /// <summary>So many frames from a number on, all of one zone, have become free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CountFree(ulong number, ulong frames)
    {
        FreeCount += frames;
        if (IsKept(number))
            KeptFree += frames;
    }

    /// <summary>
    /// At boot: the lowest free block of 2^order frames below 4 GiB, in one piece, is kept for devices from now on, whoever has had its frames in the
    /// meantime; false where there is none.
    /// </summary>
    public static bool Keep(int order)
    {
        uint lowest = Frame.Nil;
        for (int size = order; size <= MaximumOrder; size++)
        {
            for (uint number = Heads[size]; number != Frame.Nil; number = FrameTable.All[number].Next)
                lowest = number < lowest ? number : lowest;
        }
        if (lowest == Frame.Nil)
            return false;
        ulong whole = 1ul << FrameTable.All[lowest].Place;
        Unlink(lowest, ref FrameTable.All[lowest]);
        FreeCount -= whole;
        (KeptStart, KeptCount) = (lowest, 1ul << order);
        PutAll(lowest, lowest + KeptCount, 0);
        PutAll(lowest + KeptCount, lowest + whole, 0);
        return true;
    }

    /// <summary>The orders of the kind that a list is of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref uint AvailableIn(int list) => ref Available[(int)((uint)list / Unclean)];

    /// <summary>
    /// Takes 2^order frames, naturally aligned, every one below 2^addressBits bytes; false where there is no such block. Clean frames are kept for
    /// domains as far as there are others.
    /// </summary>
    public static bool TryTake(int order, int addressBits, bool forDomain, out Mfn block)
    {
        if (!TryTakeUnclaimed(order, addressBits, forDomain, out block))
            return false;
        for (ulong frame = 0; frame < 1ul << order; frame++)
            Claim(block.Plus(frame));
        return true;
    }

    /// <summary>Takes 2^order frames anywhere, for the hypervisor's own use.</summary>
    public static bool TryTake(int order, out Mfn block) => TryTake(order, 64, forDomain: false, out block);

    /// <summary>
    /// The same, where each frame is yet to be claimed before it is used: claiming very many takes long. Only for devices what is kept is taken from,
    /// when there is no other.
    /// </summary>
    public static bool TryTakeUnclaimed(int order, int addressBits, bool forDomain, out Mfn block, bool forDevices = false)
    {
        HypervisorLock.Demand();
        block = default;
        Searched = 0;
        // A step that asks for very many frames, like a chunk of an exchange, cannot look for each through all lists.
        if ((uint)order > MaximumOrder || (addressBits < NoLimit && Preemption.IsFarOver))
            return false;
        int wanted = forDomain ? 0 : Unclean, other = wanted ^ Unclean;
        if (addressBits > 32
            && (TryTakeFrom(High | wanted, order, addressBits, out block) || TryTakeFrom(High | other, order, addressBits, out block)))
            return true;
        return TryTakeFrom(wanted, order, addressBits, out block) || TryTakeFrom(other, order, addressBits, out block)
            || (forDevices && TryTakeKept(wanted, order, addressBits, out block));
    }

    /// <summary>Where there is nothing to take, as above 4 GiB on a small machine, that is seen without a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTakeFrom(int lists, int order, int addressBits, out Mfn block)
    {
        block = default;
        return AvailableIn(lists) >> order != 0 && TryTakeAvailable(lists, order, addressBits, out block);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryTakeKept(int wanted, int order, int addressBits, out Mfn block)
        => TryTakeFrom(Kept | wanted, order, addressBits, out block) || TryTakeFrom(Kept | (wanted ^ Unclean), order, addressBits, out block);

    private static bool TryTakeAvailable(int lists, int order, int addressBits, out Mfn block)
    {
        block = default;
        for (uint larger = AvailableIn(lists) >> order << order; larger != 0; larger &= larger - 1)
        {
            int size = BitOperations.TrailingZeroCount(larger);
            uint number = Heads[lists | size];
            if (addressBits < NoLimit)
                number = FirstBelow(number, order, addressBits);
            if (number == Frame.Nil)
                continue;
            Unlink(number, ref FrameTable.All[number]);
            Preemption.Charge(Cost.Halving, (ulong)(size - order));
            for (int half = size - 1; half >= order; half--)
                Link(number + (1ul << half), half | (lists & Unclean));
            FreeCount -= 1ul << order;
            if (lists >= Kept)
                KeptFree -= 1ul << order;
            block = new Mfn(number);
            Scrubber.Await(number, 1ul << order);
            return true;
        }
        return false;
    }

    /// <summary>
    /// A frame that was given back since the last flush may still be in the TLB under its former owner, who could write to it: that ends here,
    /// whether the frame goes to a domain or holds the hypervisor's own records.
    /// </summary>
    public static void Claim(Mfn mfn)
    {
        ref Frame frame = ref FrameTable.All[mfn.Value];
        frame.Owner = DomainIds.Xen;
        Flushes.BeforeNewOwner(ref frame);
    }

    /// <summary>The first block of a list whose beginning lies below the limit; a block's lower half is what is given out.</summary>
    private static uint FirstBelow(uint number, int order, int addressBits)
    {
        ulong limit = addressBits > Mfn.Shift ? 1ul << (addressBits - Mfn.Shift) : 0;
        uint left = LongestSearchOfAll - Searched, most = left < LongestSearch ? left : LongestSearch, steps = 0;
        for (; number != Frame.Nil && number + (1ul << order) > limit && steps < most; steps++)
            number = FrameTable.All[number].Next;
        Searched += steps;
        Preemption.Charge(Cost.FreeList + Cost.FreeBlock * steps);
        return number == Frame.Nil || number + (1ul << order) <= limit ? number : Frame.Nil;
    }

    /// <summary>Gives back 2^order frames that nobody refers to any more, with what was written into them.</summary>
    public static void Free(Mfn block, int order)
    {
        for (ulong frame = 0; frame < 1ul << order; frame++)
            SetFree(block.Plus(frame), Frame.Used);
        CountFree(block.Value, 1ul << order);
        Put(block.Value, order | Unclean);
    }

    /// <summary>Gives back one frame that nobody refers to any more, with what was written into it.</summary>
    public static void Free(Mfn mfn)
    {
        SetFree(mfn, Frame.Used);
        CountFree(mfn.Value, 1);
        Put(mfn.Value, Unclean);
    }

    /// <summary>Gives back a frame that was taken and not used: it holds what it held.</summary>
    public static void Return(Mfn mfn)
    {
        ulong holds = FrameTable.All[mfn.Value].State & (Frame.Used | Frame.Fresh);
        SetFree(mfn, holds);
        CountFree(mfn.Value, 1);
        Put(mfn.Value, (holds & Frame.Used) != 0 ? Unclean : 0);
    }

    /// <summary>Gives back frames [start, end) of a block that were taken and not claimed.</summary>
    public static void ReturnUnclaimed(Mfn start, Mfn end)
    {
        PutAll(start.Value, end.Value, Unclean);
    }

    /// <summary>Adds frames [start, end) at boot.</summary>
    public static void Add(Mfn start, Mfn end)
    {
        for (ulong number = start.Value; number < end.Value; number++)
            SetFree(new Mfn(number), Frame.Fresh);
        PutAll(start.Value, end.Value, 0);
    }

    private static void PutAll(ulong number, ulong end, int uncleanness)
    {
        while (number < end)
        {
            int order = BitOperations.TrailingZeroCount(number);
            while (order > MaximumOrder || number + (1ul << order) > end)
                order--;
            CountFree(number, 1ul << order);
            Put(number, order | uncleanness);
            number += 1ul << order;
        }
    }

    private static void SetFree(Mfn mfn, ulong holds)
    {
        ref Frame frame = ref FrameTable.All[mfn.Value];
        frame.Owner = DomainIds.Invalid;
        frame.BeginFree(holds);
    }

    private static void Put(ulong number, int place)
    {
        Table<Frame> frames = FrameTable.All;
        int uncleanness = place & Unclean, order = place & ~Unclean;
        for (; order < MaximumOrder; order++)
        {
            ulong buddy = number ^ (1ul << order);
            if (buddy >= frames.Length)
                break;
            ref Frame other = ref frames[buddy];
            if (!other.Has(Frame.FreeHead) || (other.Place & ~Unclean) != order || ZoneOf(buddy) != ZoneOf(number))
                break;
            uncleanness |= other.Place & Unclean;
            Unlink(buddy, ref other);
            number &= ~(1ul << order);
        }
        Link(number, order | uncleanness);
    }

    /// <summary>
    /// The block to be cleared: the same as long as nobody takes it and it does not become part of a larger one. False where all are clean.
    /// </summary>
    public static bool TryFindUnclean(out Mfn block, out ulong frames, out bool isNew)
    {
        isNew = Watched == Frame.Nil;
        if (isNew)
            Watched = FirstUnclean();
        block = new Mfn(Watched);
        frames = Watched == Frame.Nil ? 0 : 1ul << (FrameTable.All[Watched].Place & ~Unclean);
        return Watched != Frame.Nil;
    }

    /// <summary>One of the smallest blocks that are to be cleared, or Nil.</summary>
    private static uint FirstUnclean()
    {
        uint low = AvailableIn(Unclean), high = AvailableIn(Unclean | High), orders = low | high | AvailableIn(Unclean | Kept);
        if (orders == 0)
            return Frame.Nil;
        int order = BitOperations.TrailingZeroCount(orders);
        return Heads[((low >> order & 1) != 0 ? Unclean : (high >> order & 1) != 0 ? Unclean | High : Unclean | Kept) | order];
    }

    /// <summary>None of a block's frames is used any more.</summary>
    public static void SetClean(Mfn block)
    {
        ref Frame frame = ref FrameTable.All[block.Value];
        int order = frame.Place & ~Unclean;
        Unlink(block.Value, ref frame);
        Link(block.Value, order);
    }

    private static void Link(ulong number, int place)
    {
        Table<Frame> frames = FrameTable.All;
        ref Frame frame = ref frames[number];
        int list = ListOf(number, place);
        ref uint head = ref Heads[list];
        uint first = head;
        frame.Owner = DomainIds.Invalid;
        frame.Mark(Frame.FreeHead);
        frame.Place = unchecked((ushort)place);
        frame.Previous = Frame.Nil;
        frame.Next = first;
        head = (uint)number;
        if (first != Frame.Nil)
            frames[first].Previous = (uint)number;
        else
            AvailableIn(list) |= 1u << (list & (Unclean - 1));
    }

    private static void Unlink(ulong number, ref Frame frame)
    {
        Table<Frame> frames = FrameTable.All;
        uint previous = frame.Previous, next = frame.Next;
        if (next != Frame.Nil)
            frames[next].Previous = previous;
        if (previous != Frame.Nil)
            frames[previous].Next = next;
        else
            SetFirst(ListOf(number, frame.Place), next);
        frame.Unmark(Frame.FreeHead);
        if (number == Watched)
            Watched = Frame.Nil;
    }

    /// <summary>A list begins with another block, or has none any more.</summary>
    private static void SetFirst(int list, uint first)
    {
        Heads[list] = first;
        if (first == Frame.Nil)
            AvailableIn(list) &= ~(1u << (list & (Unclean - 1)));
    }
}
