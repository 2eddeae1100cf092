using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// A chunk of XENMEM_exchange on its way, kept by the virtual CPU that asks for it. What the domain gave is gone already, and as many frames have
/// been taken for it; they are not claimed, belong to nobody and are on no list of the allocator's until they are handed over one by one. Others run
/// meanwhile. Since they replace what it gave, they count against the domain's limit all the time (<see cref="Domain.CountedPages"/>).
/// Another exchange by the same virtual CPU, or the death of its domain, gives the rest back.
/// </summary>
public struct HalfExchange
{
    /// <summary>The first and the last block that is not begun, linked by Frame.Next; and the block that is being handed over.</summary>
    private uint first, last, current;
    private uint birth;
    private ushort domainId;
    private byte order;

    /// <summary>Which call it belongs to: its lists, and how far it had come.</summary>
    private ulong inputs, outputs, exchanged;

    /// <summary>Frames that are neither free nor anybody's; and those that were handed over before.</summary>
    public uint Left { get; private set; }

    /// <inheritdoc cref="Left"/>
    public uint Handed { get; private set; }

    /// <summary>Begins a chunk of a call for a domain, nothing taken yet; there is none before.</summary>
    public void Begin(in Domain domain, in MemoryExchange exchange)
    {
        (domainId, birth, order) = (domain.Id, domain.Birth, (byte)exchange.Out.ExtentOrder);
        (inputs, outputs, exchanged) = (exchange.In.ExtentStart, exchange.Out.ExtentStart, exchange.ExchangedCount);
        (Left, Handed) = (0, 0);
    }

    /// <summary>Whether it is the chunk at which a call stopped, for the same domain.</summary>
    public readonly bool IsOf(in Domain domain, in MemoryExchange exchange)
        => Left != 0 && (domainId, birth, order) == (domain.Id, domain.Birth, exchange.Out.ExtentOrder)
            && (inputs, outputs, exchanged) == (exchange.In.ExtentStart, exchange.Out.ExtentStart, exchange.ExchangedCount);

    /// <summary>Takes one more block for the domain, every frame below 2^addressBits bytes; false where there is none.</summary>
    public bool TryAdd(ref Domain domain, int addressBits)
    {
        if (!FrameAllocator.TryTakeUnclaimed(order, addressBits, forDomain: true, out Mfn block))
            return false;
        if (Left == 0)
            first = (uint)block.Value;
        else
            State.Frames[last].Next = (uint)block.Value;
        last = (uint)block.Value;
        Left += 1u << order;
        domain.Exchanging += 1ul << order;
        return true;
    }

    /// <summary>Hands the next frame to the domain; tells its place within its block, and whether it is the last there.</summary>
    public Mfn Hand(ref Domain domain, out ulong place, out bool isLast)
    {
        place = Handed & ((1u << order) - 1);
        isLast = place == (1ul << order) - 1;
        if (place == 0)
            (current, first) = (first, State.Frames[first].Next);
        Mfn frame = new Mfn(current).Plus(place);
        (Left, Handed) = (Left - 1, Handed + 1);
        domain.Exchanging--;
        FrameAllocator.Claim(frame);
        DomainMemory.Hand(ref domain, frame, 1);
        return frame;
    }

    /// <summary>Gives back what is left.</summary>
    public void Abandon()
    {
        if (Left != 0 && DomainTable.TryFind(domainId, out Link<Domain> domain) && domain.Value.Birth == birth)
            domain.Value.Exchanging -= Left;
        uint size = 1u << order, given = Handed & (size - 1);
        if (given != 0)
            Return(new Mfn(current).Plus(given), size - given);
        while (Left != 0)
        {
            uint block = first;
            first = State.Frames[block].Next;
            Return(new Mfn(block), size);
        }
        Handed = 0;
    }

    private void Return(Mfn start, uint frames)
    {
        Left -= frames;
        Preemption.Charge(Cost.RecordFrameBack);
        FrameAllocator.ReturnUnclaimed(start, start.Plus(frames));
    }
}
