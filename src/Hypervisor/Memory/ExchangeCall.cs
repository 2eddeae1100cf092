using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// XENMEM_exchange: a domain's frames for others of another size or place, in chunks of one extent of the larger size; all of a chunk or nothing,
/// in one step, so a chunk has 2 MiB at most (ABI 09 §9.2).
/// </summary>
public static class ExchangeCall
{
    /// <summary>The record's address is given. Errors: Fault, Inval, Perm, NoMem; what was done before is told in the record.</summary>
    public static long Perform(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out MemoryExchange exchange))
            return Hypercalls.Error(Errno.Fault);
        if (!IsSound(exchange))
            return Hypercalls.Error(Errno.Inval);
        Errno error = ForeignDomain.Find(ref vcpu, exchange.In.Domain, out Link<Domain> domain);
        if (error == Errno.None && (exchange.In.ExtentOrder > DomainMemory.LargestStep || exchange.Out.ExtentOrder > DomainMemory.LargestStep))
            error = Errno.Perm;
        if (error != Errno.None)
            return Hypercalls.Error(error);
        uint order = exchange.In.ExtentOrder > exchange.Out.ExtentOrder ? exchange.In.ExtentOrder : exchange.Out.ExtentOrder;
        while (error == Errno.None && exchange.ExchangedCount < exchange.In.ExtentCount && Preemption.Allows(Cost.ExchangedFrame << (int)order))
            error = ExchangeChunk(ref domain.Value, ref exchange);
        if (!GuestMemory.TryWrite(record, exchange))
            return Hypercalls.Error(Errno.Fault);
        // The record tells where to go on.
        return error == Errno.None && exchange.ExchangedCount < exchange.In.ExtentCount ? Hypercalls.Again : Hypercalls.Error(error);
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

    private static Errno ExchangeChunk(ref Domain domain, ref MemoryExchange exchange)
    {
        ulong inputs = ChunkExtents(exchange.In.ExtentOrder, exchange.Out.ExtentOrder);
        ulong outputs = ChunkExtents(exchange.Out.ExtentOrder, exchange.In.ExtentOrder);
        Errno error = CheckInputs(ref domain, exchange, inputs);
        if (error != Errno.None)
            return error;
        ulong firstOutput = (exchange.ExchangedCount << (int)exchange.In.ExtentOrder) >> (int)exchange.Out.ExtentOrder;
        ulong before = domain.PageCount;
        error = GiveOutputs(ref domain, exchange, firstOutput, outputs);
        if (error == Errno.None)
            TakeInputs(ref domain, exchange, inputs);
        // What was given in vain stands at the head of the domain's list: after an error, and where one frame was named twice and so taken once.
        if (domain.PageCount > before && error == Errno.None)
            error = Errno.Inval;
        while (domain.PageCount > before)
            FrameTable.GiveAllocation(new Mfn(domain.FirstFrame));
        if (error == Errno.None)
            exchange.ExchangedCount += inputs;
        return error;
    }

    private static ulong InputAt(in MemoryExchange exchange, ulong extent)
        => unchecked(exchange.In.ExtentStart + (exchange.ExchangedCount + extent) * 8);

    /// <summary>Every input frame must be the domain's, and nothing but its allocation may refer to it.</summary>
    private static Errno CheckInputs(ref Domain domain, in MemoryExchange exchange, ulong extents)
    {
        for (ulong extent = 0; extent < extents; extent++)
        {
            if (!GuestMemory.TryRead64(InputAt(exchange, extent), out ulong number))
                return Errno.Fault;
            for (ulong index = 0; index < 1ul << (int)exchange.In.ExtentOrder; index++)
            {
                Mfn frame = new Mfn(number).Plus(index);
                if (!FrameTable.IsOwnedBy(frame, domain.Id) || FrameTable.Of(frame).Count != 1 || !FrameTable.Of(frame).Has(Frame.Allocated))
                    return Errno.Inval;
            }
        }
        return Errno.None;
    }

    private static Errno GiveOutputs(ref Domain domain, in MemoryExchange exchange, ulong first, ulong extents)
    {
        int order = (int)exchange.Out.ExtentOrder;
        uint bits = (uint)(exchange.Out.Flags & MemoryFlags.AddressBitsMask);
        for (ulong extent = first; extent < first + extents; extent++)
        {
            ulong place = unchecked(exchange.Out.ExtentStart + extent * 8);
            if (!GuestMemory.TryRead64(place, out ulong pfn))
                return Errno.Fault;
            Preemption.Charge(Cost.Request);
            if (!DomainMemory.TryGive(ref domain, order, bits == 0 ? 64 : (int)bits, out Mfn block))
                return Errno.NoMem;
            for (ulong index = 0; index < 1ul << order; index++)
                MachineToPhysical.Set(block.Plus(index), unchecked(pfn + index));
            if (!GuestMemory.TryWrite64(place, block.Value))
                return Errno.Fault;
        }
        return Errno.None;
    }

    private static void TakeInputs(ref Domain domain, in MemoryExchange exchange, ulong extents)
    {
        for (ulong extent = 0; extent < extents; extent++)
        {
            if (!GuestMemory.TryRead64(InputAt(exchange, extent), out ulong number))
                return;
            for (ulong index = 0; index < 1ul << (int)exchange.In.ExtentOrder; index++)
            {
                Mfn frame = new Mfn(number).Plus(index);
                if (FrameTable.IsOwnedBy(frame, domain.Id) && FrameTable.Of(frame).Count == 1)
                    DomainMemory.TryTakeBack(ref domain, frame);
            }
        }
    }
}
