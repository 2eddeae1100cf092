using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>HYPERVISOR_event_channel_op (ABI 06 §6.4). The FIFO form is not there: guests fall back to two levels.</summary>
public static class EventCalls
{
    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, NoEnt, Exist, Srch, Perm, NoSpc, NoMem, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        ulong record = vcpu.Registers.Rsi;
        Errno error = (EventChannelCommand)(vcpu.Registers.Rdi & uint.MaxValue) switch
        {
            EventChannelCommand.BindInterdomain => BindInterdomain(ref vcpu, record),
            EventChannelCommand.BindVirq => BindVirq(ref vcpu, record),
            EventChannelCommand.Close => GuestMemory.TryRead(record, out EventClose close) ? Close(ref vcpu, close.Port) : Errno.Fault,
            EventChannelCommand.Send
                => GuestMemory.TryRead(record, out EventSend send) ? EventChannels.Send(ref vcpu.Domain, send.Port) : Errno.Fault,
            EventChannelCommand.Status => Status(ref vcpu, record),
            EventChannelCommand.AllocUnbound => AllocateUnbound(ref vcpu, record),
            EventChannelCommand.BindIpi => BindIpi(ref vcpu, record),
            EventChannelCommand.BindVcpu => GuestMemory.TryRead(record, out EventBindVcpu bind) ? BindVcpu(ref vcpu, bind) : Errno.Fault,
            EventChannelCommand.Unmask
                => GuestMemory.TryRead(record, out EventUnmask unmask) ? EventChannels.Unmask(ref vcpu.Domain, unmask.Port) : Errno.Fault,
            EventChannelCommand.Reset => Reset(ref vcpu, record),
            _ => Errno.NoSys,
        };
        return Hypercalls.Error(error);
    }

    /// <summary>Writes a record back after a port was made; if that cannot be done the port is closed again.</summary>
    private static Errno Answer<T>(ref Domain domain, Errno error, ulong record, in T answer, uint port) where T : unmanaged
    {
        if (error != Errno.None)
            return error;
        if (GuestMemory.TryWrite(record, answer))
            return Errno.None;
        EventChannels.Close(ref domain, port);
        return Errno.Fault;
    }

    private static Errno BindInterdomain(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out EventBindInterdomain bind))
            return Errno.Fault;
        ushort remote = bind.RemoteDomain == DomainIds.Self ? vcpu.Domain.Id : bind.RemoteDomain;
        Errno error = EventChannels.BindInterdomain(ref vcpu.Domain, remote, bind.RemotePort, out bind.LocalPort);
        return Answer(ref vcpu.Domain, error, record, bind, bind.LocalPort);
    }

    private static Errno BindVirq(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out EventBindVirq bind))
            return Errno.Fault;
        Errno error = EventChannels.BindVirq(ref vcpu.Domain, bind.Virq, bind.Vcpu, out bind.Port);
        return Answer(ref vcpu.Domain, error, record, bind, bind.Port);
    }

    private static Errno BindIpi(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out EventBindIpi bind))
            return Errno.Fault;
        Errno error = EventChannels.BindIpi(ref vcpu.Domain, bind.Vcpu, out bind.Port);
        return Answer(ref vcpu.Domain, error, record, bind, bind.Port);
    }

    private static Errno AllocateUnbound(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out EventAllocUnbound request))
            return Errno.Fault;
        Errno error = ForeignDomain.Find(ref vcpu, request.Domain, out Link<Domain> domain);
        if (error != Errno.None)
            return error;
        ushort remote = request.RemoteDomain == DomainIds.Self ? vcpu.Domain.Id : request.RemoteDomain;
        error = EventChannels.AllocateUnbound(ref domain.Value, remote, hypervisor: false, out request.Port);
        return Answer(ref domain.Value, error, record, request, request.Port);
    }

    /// <summary>An end that the hypervisor gave the domain at birth stays until the domain's end.</summary>
    private static Errno Close(ref VirtualCpu vcpu, uint port)
        => EventChannels.IsOpen(ref vcpu.Domain, port) && vcpu.Domain.Events.At(port).IsHypervisor
            ? Errno.Inval : EventChannels.Close(ref vcpu.Domain, port);

    private static Errno BindVcpu(ref VirtualCpu vcpu, in EventBindVcpu bind)
    {
        if (bind.Vcpu >= vcpu.Domain.VcpuCount)
            return Errno.NoEnt;
        if (!EventChannels.IsOpen(ref vcpu.Domain, bind.Port))
            return Errno.Inval;
        ref EventPort end = ref vcpu.Domain.Events.At(bind.Port);
        bool movable = end.State switch
        {
            EventChannelState.Virq => !EventChannels.IsPerVcpu((Virq)end.Remote),
            EventChannelState.Unbound or EventChannelState.Interdomain or EventChannelState.Pirq => true,
            _ => false,
        };
        if (!movable)
            return Errno.Inval;
        end.Vcpu = (ushort)bind.Vcpu;
        return Errno.None;
    }

    private static Errno Status(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out EventStatus status))
            return Errno.Fault;
        Errno error = ForeignDomain.Find(ref vcpu, status.Domain, out Link<Domain> domain);
        if (error != Errno.None)
            return error;
        if (status.Port >= EventTable.PortCount)
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

    private static Errno Reset(ref VirtualCpu vcpu, ulong record)
    {
        if (!GuestMemory.TryRead(record, out EventReset reset))
            return Errno.Fault;
        Errno error = ForeignDomain.Find(ref vcpu, reset.Domain, out Link<Domain> domain);
        if (error != Errno.None)
            return error;
        CloseAll(ref domain.Value, hypervisors: false);
        return Errno.None;
    }

    /// <summary>Closes all ends of a domain, those towards the hypervisor only where asked to.</summary>
    public static void CloseAll(ref Domain domain, bool hypervisors)
    {
        for (uint port = 1; port < EventTable.PortCount; port++)
        {
            if (!domain.Events.HasPage(port))
                port |= EventTable.PortsPerPage - 1;
            else if (domain.Events.At(port).State != EventChannelState.Closed && (hypervisors || !domain.Events.At(port).IsHypervisor))
                EventChannels.Close(ref domain, port);
        }
    }
}
