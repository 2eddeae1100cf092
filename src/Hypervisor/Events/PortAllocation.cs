using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Events;

/// <summary>
/// Which port a new end gets: the lowest that is free, as the ABI promises. The table notes below which port none is; behind it a page whose ports
/// are all open is passed over by its count. A guest can have very many ports that are closed and not free, for they are in its queues still; a
/// search past them stops when the call's budget is used up, and goes on when the call is made again (<see cref="PortSearch"/>).
/// </summary>
public static class PortAllocation
{
    /// <summary>A search passes at least so many ports before it stops: who is no call, and has no budget, does not search past so many.</summary>
    private const uint LeastPassed = 64;

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
        domain.Events.Closings = unchecked(domain.Events.Closings + 1);
        end = new EventPort { LastVcpu = end.LastVcpu, LastPriority = end.LastPriority };
    }

    /// <summary>Where the present call's search goes on; a new one begins at the lowest port that may be free.</summary>
    public static ref PortSearch Search => ref EventsState.Now.PortAllocationSearch;

    private static Errno Find(ref Domain domain, out uint port)
    {
        ref EventTable table = ref domain.Events;
        PortSearch search = Search;
        Search = default;
        uint first = table.FirstFree > 1 ? table.FirstFree : 1, limit = table.PortLimit, closed = 0;
        port = search.IsNew ? first : search.Next;
        uint start = port;
        bool isFirst = port <= first, isFound = false;
        while (port < limit)
        {
            isFound = Look(ref domain, ref port, ref closed);
            if (isFound || (Preemption.IsDue && port - start >= LeastPassed))
                break;
        }
        // The first closed port may be one that is still linked, and free later.
        if (isFirst)
            table.FirstFree = closed != 0 ? closed : port;
        if (isFound)
            return table.HasPage(port) || table.TryAddPage(port) ? Errno.None : Errno.NoMem;
        uint closings = search.IsNew ? table.Closings : search.Closings;
        if (port < limit)
            Search = PortSearch.At(port, closings);
        // What was open when it was passed may have been closed since.
        return port < limit || !(search.IsNew || search.IsCurrent(table.Closings)) ? Errno.Restart : Errno.NoSpc;
    }

    /// <summary>Looks at the next closed port of a page: true where it is free, else goes on behind it, or to the next page.</summary>
    private static bool Look(ref Domain domain, ref uint port, ref uint closed)
    {
        ref EventTable table = ref domain.Events;
        if (table.HasPage(port) && !TryPassOpen(ref table, ref port))
            return false;
        closed = closed == 0 ? port : closed;
        if (!IsLinked(ref domain, port))
            return true;
        Preemption.Charge(Cost.QueuedPort);
        port++;
        return false;
    }

    /// <summary>Goes on to the next closed port of a page: false where there is none, and then it is at the next page.</summary>
    private static bool TryPassOpen(ref EventTable table, ref uint port)
    {
        uint first = port;
        if (table.IsFull(port))
        {
            Preemption.Charge(Cost.PortPage);
            port = (port | (EventTable.PortsPerPage - 1)) + 1;
            return false;
        }
        port = table.PassOpen(port);
        Preemption.Charge(Cost.OpenPort, port - first);
        return port < table.PortLimit && table.HasPage(port) && table.At(port).State == EventChannelState.Closed;
    }

    /// <summary>
    /// A closed port whose event the guest has not taken from its queue yet is not free: it would be told of the new end's events there.
    /// </summary>
    private static bool IsLinked(ref Domain domain, uint port) => domain.Events.IsFifo && FifoEvents.IsLinked(ref domain, port);
}
