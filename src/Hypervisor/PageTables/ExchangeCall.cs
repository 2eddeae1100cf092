using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// XENMEM_exchange: a domain's frames for others of another size or place, in chunks of one extent of the larger size, 2 MiB at most (ABI 09 §9.2).
/// All of a chunk or nothing: that its outputs are there and its inputs are gone is decided in one step, after which the outputs are handed over as
/// far as the budget goes (<see cref="HalfExchange"/>).
/// </summary>
public static class ExchangeCall
{
    /// <summary>The record's address is given. Errors: Fault, Inval, Perm, NoMem; what was done before is told in the record.</summary>
    public static long Perform(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out MemoryExchange exchange))
            return CallResult.Error(Errno.Fault);
        if (!IsSound(exchange))
            return CallResult.Error(Errno.Inval);
        Errno error = ForeignDomain.Find(ref vcpu, exchange.In.Domain, out Link<Domain> domain);
        if (error == Errno.None && (exchange.In.ExtentOrder > Allocations.LargestStep || exchange.Out.ExtentOrder > Allocations.LargestStep))
            error = Errno.Perm;
        if (error != Errno.None)
            return CallResult.Error(error);
        while (error == Errno.None && exchange.ExchangedCount < exchange.In.ExtentCount)
            error = Advance(ref vcpu.Exchange, ref domain.Value, ref exchange);
        if (!GuestMemory.TryWrite(record, exchange))
            return CallResult.Error(Errno.Fault);
        // The record tells where to go on.
        return CallResult.Outcome(error);
    }

    /// <summary>Begins a chunk, or goes on with the one that was begun. Errors: Restart where that is for later; Fault, Inval, NoMem.</summary>
    private static Errno Advance(ref HalfExchange half, ref Domain domain, ref MemoryExchange exchange)
    {
        if (half.IsOf(domain, exchange))
            return HandOver(ref half, ref domain, ref exchange);
        half.Abandon();
        uint order = exchange.In.ExtentOrder > exchange.Out.ExtentOrder ? exchange.In.ExtentOrder : exchange.Out.ExtentOrder;
        ulong cost = Cost.ExchangedFrame << (int)order;
        if (!Preemption.Allows(cost))
            return Errno.Restart;
        // Charged before it is done: what is left is for searches, which end where the budget is far over.
        Preemption.Charge(cost);
        return Begin(ref half, ref domain, exchange);
    }

    private static bool IsSound(in MemoryExchange exchange)
    {
        const ulong manyExtents = 1ul << 32;
        ref readonly MemoryReservation give = ref exchange.In;
        ref readonly MemoryReservation take = ref exchange.Out;
        return give.ExtentCount < manyExtents && take.ExtentCount < manyExtents
            && give.ExtentOrder <= FrameAllocator.MaximumOrder && take.ExtentOrder <= FrameAllocator.MaximumOrder
            && give.ExtentCount << (int)give.ExtentOrder == take.ExtentCount << (int)take.ExtentOrder
            && exchange.ExchangedCount <= give.ExtentCount && give.Domain == take.Domain
            // One chunk is one extent of the larger order; the smaller order divides it.
            && exchange.ExchangedCount % ChunkExtents(give.ExtentOrder, take.ExtentOrder) == 0
            && give.ExtentCount % ChunkExtents(give.ExtentOrder, take.ExtentOrder) == 0;
    }

    /// <summary>Extents of one order that make up a chunk with another.</summary>
    private static ulong ChunkExtents(uint order, uint other) => order < other ? 1ul << (int)(other - order) : 1;

    private static ulong Inputs(in MemoryExchange exchange) => ChunkExtents(exchange.In.ExtentOrder, exchange.Out.ExtentOrder);

    /// <summary>Takes the inputs off the domain, finds as many outputs, and frees the inputs; or puts them back.</summary>
    private static Errno Begin(ref HalfExchange half, ref Domain domain, in MemoryExchange exchange)
    {
        uint taken = Frame.Nil;
        half.Begin(domain, exchange);
        Errno error = TakeInputs(ref domain, exchange, ref taken);
        if (error == Errno.None)
            error = FindOutputs(ref half, ref domain, exchange);
        if (error != Errno.None)
            half.Abandon();
        while (taken != Frame.Nil)
        {
            var frame = new Mfn(taken);
            ref Frame record = ref FrameTable.Of(frame);
            taken = record.Next;
            if (error == Errno.None)
                FrameTable.FreeTaken(frame, ref record);
            else
                FrameList.Add(ref domain, frame);
        }
        return error;
    }

    /// <summary>
    /// Every input frame must be the domain's, and nothing but its allocation may refer to it. It is off the domain's list at once and on ours, so
    /// one that is named twice is refused.
    /// </summary>
    private static Errno TakeInputs(ref Domain domain, in MemoryExchange exchange, ref uint taken)
    {
        GuestAddress first = new GuestAddress(exchange.In.ExtentStart) + unchecked(exchange.ExchangedCount * 8);
        for (ulong extent = 0; extent < Inputs(exchange); extent++)
        {
            if (!GuestMemory.TryRead64(first + unchecked(extent * 8), out ulong number))
                return Errno.Fault;
            for (ulong index = 0; index < 1ul << (int)exchange.In.ExtentOrder; index++)
            {
                Mfn frame = new Mfn(number).Plus(index);
                ref Frame record = ref FrameTable.OfAny(frame);
                if (record.Owner != domain.Id || record.Count != 1 || !record.Has(Frame.Allocated) || record.Has(Frame.Shared))
                    return Errno.Inval;
                FrameList.Remove(ref domain, frame);
                record.Next = taken;
                taken = (uint)frame.Value;
            }
        }
        return Errno.None;
    }

    /// <summary>The place of an output in its list.</summary>
    private static GuestAddress OutputAt(in MemoryExchange exchange, ulong frame)
        => new GuestAddress(exchange.Out.ExtentStart)
            + unchecked(((exchange.ExchangedCount << (int)exchange.In.ExtentOrder) + frame >> (int)exchange.Out.ExtentOrder) * 8);

    /// <summary>Takes what the domain is to be given; and the list is one that can be read and written, so that it can be told.</summary>
    private static Errno FindOutputs(ref HalfExchange half, ref Domain domain, in MemoryExchange exchange)
    {
        uint bits = (uint)(exchange.Out.Flags & MemoryFlags.AddressBitsMask);
        ulong frames = Inputs(exchange) << (int)exchange.In.ExtentOrder;
        while (half.Left < frames)
        {
            GuestAddress place = OutputAt(exchange, half.Left);
            if (!GuestMemory.TryRead64(place, out ulong pfn) || !GuestMemory.TryWrite64(place, pfn))
                return Errno.Fault;
            if (!half.TryAdd(ref domain, bits == 0 ? 64 : (int)bits))
                return Errno.NoMem;
        }
        return Errno.None;
    }

    /// <summary>Hands outputs over, a frame after another. The list fails only where the guest has changed its mapping meanwhile.</summary>
    private static Errno HandOver(ref HalfExchange half, ref Domain domain, ref MemoryExchange exchange)
    {
        while (half.Left != 0)
        {
            if (Preemption.IsDue)
                return Errno.Restart;
            if (!TryHandOne(ref half, ref domain, OutputAt(exchange, half.Handed)))
            {
                half.Abandon();
                return Errno.Fault;
            }
        }
        exchange.ExchangedCount += Inputs(exchange);
        return Errno.None;
    }

    private static bool TryHandOne(ref HalfExchange half, ref Domain domain, GuestAddress place)
    {
        Preemption.Charge(Cost.Request);
        if (!GuestMemory.TryRead64(place, out ulong pfn))
            return false;
        Mfn frame = half.Hand(ref domain, out ulong index, out bool isLast);
        MachineToPhysical.Set(frame, unchecked(pfn + index));
        return !isLast || GuestMemory.TryWrite64(place, frame.Value - index);
    }
}
