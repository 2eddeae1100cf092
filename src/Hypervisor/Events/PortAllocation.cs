using Serai.Abi;
using Serai.Hypervisor.Domains;

namespace Serai.Hypervisor.Events;

/// <summary>
/// Which port a new end gets: the lowest that is free, as the ABI promises. A page whose ports are all open is passed over by its count, so the
/// search looks at some hundreds of them at most.
/// </summary>
public static class PortAllocation
{
    /// <summary>Opens an end at the lowest free port. Errors: NoSpc, NoMem.</summary>
    public static Errno Open(ref Domain domain, EventPort end, out uint port)
    {
        Errno error = Find(ref domain, out port);
        if (error != Errno.None)
            return error;
        ref EventPort place = ref domain.Events.At(port);
        end.Priority = EventFifo.PriorityDefault;
        end.LastVcpu = place.LastVcpu;
        end.LastPriority = place.LastPriority;
        place = end;
        domain.Events.CountOpened(port, end.IsHypervisor);
        return Errno.None;
    }

    /// <summary>Closes an open end. What queue it was in last is kept: it may be linked there still.</summary>
    public static void Close(ref Domain domain, uint port)
    {
        ref EventPort end = ref domain.Events.At(port);
        domain.Events.CountClosed(port, end.IsHypervisor);
        end = new EventPort { LastVcpu = end.LastVcpu, LastPriority = end.LastPriority };
    }

    private static Errno Find(ref Domain domain, out uint port)
    {
        uint limit = domain.Events.PortLimit;
        for (port = 1; port < limit; port++)
        {
            if (!domain.Events.HasPage(port) && !domain.Events.TryAddPage(port))
                return Errno.NoMem;
            if (domain.Events.IsFull(port))
                port |= EventTable.PortsPerPage - 1;
            else if (IsFree(ref domain, port))
                return Errno.None;
        }
        return Errno.NoSpc;
    }

    /// <summary>
    /// A closed port whose event the guest has not taken from its queue yet is not free: it would be told of the new end's events there.
    /// </summary>
    private static bool IsFree(ref Domain domain, uint port)
        => domain.Events.At(port).State == EventChannelState.Closed
            && !(domain.Events.IsFifo && FifoEvents.IsLinked(ref domain, port));
}
