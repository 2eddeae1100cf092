using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Events;

/// <summary>All ends of a domain closed, in slices: by reset, or because the domain has died.</summary>
public static class EventClosing
{
    /// <summary>
    /// Closes ends until the caller's budget is used up, those towards the hypervisor only where asked to; true when there is nothing left
    /// that a walk from the first port on has not passed. The cursor is the domain's: two calls at a time share the work, and a reset that was never
    /// finished leaves it in the middle, with ends behind it.
    /// </summary>
    public static bool TryCloseAll(ref Domain domain, bool hypervisors)
    {
        uint start = domain.Events.CloseCursor;
        for (uint port = start; port < EventTable.FifoPorts && HasWork(domain, hypervisors); port++)
        {
            if (!domain.Events.HasPage(port))
                port |= EventTable.PortsPerPage - 1;
            else if (EventChannels.IsOpen(ref domain, port) && (hypervisors || !domain.Events.At(port).IsHypervisor))
            {
                EventChannels.Close(ref domain, port);
                Preemption.Charge(Cost.PortClosed);
            }
            Preemption.Charge(Cost.Port);
            if (!Preemption.IsDue)
                continue;
            domain.Events.CloseCursor = port + 1;
            return false;
        }
        domain.Events.CloseCursor = 0;
        return start == 0 || !HasWork(domain, hypervisors);
    }

    private static bool HasWork(in Domain domain, bool hypervisors)
        => domain.Events.OpenCount > (hypervisors ? 0 : domain.Events.HypervisorCount);

    /// <summary>
    /// What EVTCHNOP_reset does once all ends are closed: back to the two-level form. Errors: Again where others were opened meanwhile.
    /// </summary>
    public static Errno Finish(ref Domain domain)
    {
        if (HasWork(domain, hypervisors: false))
            return Errno.Again;
        Release(ref domain);
        return Errno.None;
    }

    /// <summary>Closes all ends of a domain that is no more, and goes back to the two-level form; true when nothing is left.</summary>
    public static bool TryRelease(ref Domain domain)
    {
        if (!TryCloseAll(ref domain, hypervisors: true))
            return false;
        Release(ref domain);
        return true;
    }

    /// <summary>Gives back the pages that ends and the guest's words needed.</summary>
    private static void Release(ref Domain domain)
    {
        FifoSetup.Leave(ref domain);
        domain.Events.Closings = unchecked(domain.Events.Closings + 1);
        domain.Events.FreePages();
    }
}
