using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;

namespace Serai.Hypervisor.Events;

/// <summary>
/// Which port a new end gets: the lowest that is free, as the ABI promises. The table notes below which port none is; behind it a page whose ports
/// are all open is passed over by its count.
/// </summary>
public static class PortAllocation
{
    /// <summary>Closed ports that are still queued, looked at in the guest's memory, and what so many cost.</summary>
    private const uint LinkedSteps = 64;
    private const ulong LinkedMicroseconds = 8;

    /// <summary>
    /// Opens an end at the lowest free port. Errors: NoSpc, NoMem, Restart where the search goes on when the call is made again; Srch for a domain
    /// that has come to its end, whose ends are being closed, or are closed for good.
    /// </summary>
    public static Errno Open(ref Domain domain, EventPort end, out uint port)
    {
        port = 0;
        if (domain.Stage > DomainStage.Alive)
            return Errno.Srch;
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
        if (port < domain.Events.FirstFree)
            domain.Events.FirstFree = port;
        if (port < domain.Events.SearchCursor)
            domain.Events.SearchCursor = port;
        end = new EventPort { LastVcpu = end.LastVcpu, LastPriority = end.LastPriority };
    }

    private static Errno Find(ref Domain domain, out uint port)
    {
        ref EventTable table = ref domain.Events;
        uint limit = table.PortLimit, closed = 0, linked = 0, cursor = table.SearchCursor;
        table.SearchCursor = 0;
        for (port = cursor != 0 ? cursor : table.FirstFree > 1 ? table.FirstFree : 1; port < limit; port++)
        {
            if (!table.HasPage(port) && !table.TryAddPage(port))
                return Errno.NoMem;
            if (table.IsFull(port))
                port |= EventTable.PortsPerPage - 1;
            else if (table.At(port).State == EventChannelState.Closed)
            {
                closed = closed == 0 ? port : closed;
                if (!IsLinked(ref domain, port))
                    break;
                if (++linked % LinkedSteps == 0 && IsTime())
                {
                    table.SearchCursor = port + 1;
                    break;
                }
            }
        }
        // The first closed port may be one that is still linked, and free later. One that goes on has passed it before.
        if (cursor == 0)
            table.FirstFree = closed != 0 ? closed : port;
        if (table.SearchCursor != 0)
            return Errno.Restart;
        return port < limit ? Errno.None : Errno.NoSpc;
    }

    private static bool IsTime()
    {
        Preemption.Spend(LinkedMicroseconds);
        return Preemption.IsDue;
    }

    /// <summary>
    /// A closed port whose event the guest has not taken from its queue yet is not free: it would be told of the new end's events there.
    /// </summary>
    private static bool IsLinked(ref Domain domain, uint port) => domain.Events.IsFifo && FifoEvents.IsLinked(ref domain, port);
}
