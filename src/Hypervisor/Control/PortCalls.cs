using Serai.Abi;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>Operations on ends that are there: what they are, whom they tell, and the end of them all.</summary>
internal static class PortCalls
{
    /// <summary>Closes one. What the hypervisor gave the domain at birth stays until the domain's end. Errors: Inval.</summary>
    internal static Errno Close(ref Domain domain, uint port)
        => EventChannels.IsOpen(ref domain, port) && domain.Events.At(port).IsHypervisor ? Errno.Inval : EventChannels.Close(ref domain, port);

    /// <summary>Moves one to another virtual CPU, from its next event on. Errors: NoEnt, Inval.</summary>
    internal static Errno BindVcpu(ref Domain domain, in EventBindVcpu bind)
    {
        if (bind.Vcpu >= domain.VcpuCount)
            return Errno.NoEnt;
        if (!EventChannels.IsOpen(ref domain, bind.Port))
            return Errno.Inval;
        ref EventPort end = ref domain.Events.At(bind.Port);
        bool movable = end.State switch
        {
            EventChannelState.Virq => !VirtualInterrupts.IsPerVcpu((Virq)end.Remote),
            EventChannelState.Unbound or EventChannelState.Interdomain or EventChannelState.Pirq => true,
            _ => false,
        };
        if (!movable)
            return Errno.Inval;
        end.Vcpu = (ushort)bind.Vcpu;
        return Errno.None;
    }

    /// <summary>Tells what one is. Errors: Fault, Perm, Srch, Inval.</summary>
    internal static Errno Status(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out EventStatus status))
            return Errno.Fault;
        Errno error = ForeignDomain.Find(ref vcpu, status.Domain, out Link<Domain> domain);
        if (error != Errno.None)
            return error;
        if (status.Port >= domain.Value.Events.PortLimit)
            return Errno.Inval;
        status.State = EventChannelState.Closed;
        status.Vcpu = 0;
        if (EventChannels.IsOpen(ref domain.Value, status.Port))
            Describe(domain.Value.Events.At(status.Port), ref status);
        return GuestMemory.TryWrite(record, status) ? Errno.None : Errno.Fault;
    }

    private static void Describe(in EventPort end, ref EventStatus status)
    {
        status.State = end.State;
        status.Vcpu = end.Vcpu;
        switch (end.State)
        {
            case EventChannelState.Unbound:
                status.UnboundDomain = end.RemoteDomain;
                break;
            case EventChannelState.Interdomain:
                status.InterdomainDomain = end.RemoteDomain;
                status.InterdomainPort = end.Remote;
                break;
            case EventChannelState.Pirq or EventChannelState.Virq:
                status.Pirq = end.Remote;
                break;
        }
    }

    /// <summary>
    /// Closes all of a domain, in as many goes as it takes. Errors: Fault, Perm, Srch, Inval for another domain that is not stopped, Again where the
    /// domain opened others meanwhile.
    /// </summary>
    internal static Errno Reset(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out EventReset reset))
            return Errno.Fault;
        Errno error = ForeignDomain.Find(ref vcpu, reset.Domain, out Link<Domain> domain);
        if (error != Errno.None)
            return error;
        if (!domain.Same(vcpu.DomainLink) && domain.Value.PauseCount == 0)
            return Errno.Inval;
        if (!domain.Same(vcpu.DomainLink) && !Stops.IsOut(ref domain.Value))
            return Errno.Restart;
        return EventClosing.TryCloseAll(ref domain.Value, hypervisors: false) ? EventClosing.Finish(ref domain.Value) : Errno.Restart;
    }
}
