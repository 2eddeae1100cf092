using Serai.Abi;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Domains;

/// <summary>The ends of event channels whose other end is the hypervisor: those of the console ring, and of the xenstore ring.</summary>
public static class HypervisorEnds
{
    /// <summary>What EVTCHNOP_send does. Errors: Inval for an end that nothing can be sent through.</summary>
    public static Errno Send(ref Domain domain, uint port)
    {
        if (EventChannels.Send(ref domain, port, out Errno error))
            Serve(ref domain, port);
        return error;
    }

    private static void Serve(ref Domain domain, uint port)
    {
        if (port != domain.Store.Port)
            GuestConsole.Drain(ref domain);
        else if (AbsentXenstore.Answer(ref domain))
            EventChannels.Raise(ref domain, port);
    }
}
