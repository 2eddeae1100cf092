using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>
/// A chunk of XENMEM_exchange on its way, kept by the virtual CPU that asks for it. What the domain gave is gone already, and as many frames have
/// been taken for it; they are not claimed, belong to nobody and are on no list of the allocator's until they are handed over one by one. Others run
/// meanwhile. Since they replace what it gave, they count against the domain's limit all the time (<see cref="DomainMemory.CountedPages"/>).
/// Another exchange by the same virtual CPU, or the death of its domain, gives the rest back.
/// </summary>
public struct HalfExchange
{
    /// <summary>The first and the last block that is not begun, linked by Frame.Next; and the block that is being handed over.</summary>
    internal uint First, Last, Current;
    internal uint Birth;
    internal ushort DomainId;
    internal byte Order;

    /// <summary>Which call it belongs to: its lists, and how far it had come.</summary>
    private ulong inputs, outputs, exchanged;

    /// <summary>Frames that are neither free nor anybody's; and those that were handed over before.</summary>
    public uint Left { get; internal set; }

    /// <inheritdoc cref="Left"/>
    public uint Handed { get; internal set; }

    /// <summary>Begins a chunk of a call for a domain, nothing taken yet; there is none before.</summary>
    public void Begin(in Domain domain, in MemoryExchange exchange)
    {
        (DomainId, Birth, Order) = (domain.Id, domain.Birth, (byte)exchange.Out.ExtentOrder);
        (inputs, outputs, exchanged) = (exchange.In.ExtentStart, exchange.Out.ExtentStart, exchange.ExchangedCount);
        (Left, Handed) = (0, 0);
    }

    /// <summary>Whether it is the chunk at which a call stopped, for the same domain.</summary>
    public readonly bool IsOf(in Domain domain, in MemoryExchange exchange)
        => Left != 0 && (DomainId, Birth, Order) == (domain.Id, domain.Birth, exchange.Out.ExtentOrder)
            && (inputs, outputs, exchanged) == (exchange.In.ExtentStart, exchange.Out.ExtentStart, exchange.ExchangedCount);
}
