using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>HYPERVISOR_event_channel_op (ABI 06 §6.4).</summary>
public static class EventCalls
{
    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, NoEnt, Exist, Busy, Srch, Perm, NoSpc, NoMem, NoSys, OpNotSupp, Again.</summary>
    public static long Perform(ref VirtualCpu vcpu)
        => (vcpu.Registers.Rdi & uint.MaxValue) == (ulong)EventChannelCommand.Send ? CallResult.Error(Send(ref vcpu)) : PerformOther(ref vcpu);

    private static Errno Send(ref VirtualCpu vcpu)
        => GuestMemory.TryRead(new(vcpu.Registers.Rsi), out EventSend send) ? HypervisorEnds.Send(ref vcpu.Domain, send.Port) : Errno.Fault;

    private static long PerformOther(ref VirtualCpu vcpu)
    {
        PortAllocation.Search = PortSearch.Of(vcpu.Registers.Rdi);
        long result = CallResult.Outcome(Choose(ref vcpu, new(vcpu.Registers.Rsi)));
        if (result == CallResult.Again)
            vcpu.Registers.Rdi = PortAllocation.Search.Into(vcpu.Registers.Rdi);
        PortAllocation.Search = default;
        return result;
    }

    private static Errno Choose(ref VirtualCpu vcpu, GuestAddress record) => (EventChannelCommand)(vcpu.Registers.Rdi & uint.MaxValue) switch
    {
        EventChannelCommand.BindInterdomain => BindInterdomain(ref vcpu, record),
        EventChannelCommand.BindVirq => BindVirq(ref vcpu, record),
        EventChannelCommand.BindPirq => BindPirq(ref vcpu, record),
        EventChannelCommand.Close => GuestMemory.TryRead(record, out EventClose close) ? PortCalls.Close(ref vcpu.Domain, close.Port) : Errno.Fault,
        EventChannelCommand.Send => Send(ref vcpu),
        EventChannelCommand.Status => PortCalls.Status(ref vcpu, record),
        EventChannelCommand.AllocUnbound => AllocateUnbound(ref vcpu, record),
        EventChannelCommand.BindIpi => BindIpi(ref vcpu, record),
        EventChannelCommand.BindVcpu => GuestMemory.TryRead(record, out EventBindVcpu bind) ? PortCalls.BindVcpu(ref vcpu.Domain, bind) : Errno.Fault,
        EventChannelCommand.Unmask
            => GuestMemory.TryRead(record, out EventUnmask unmask) ? EventChannels.Unmask(ref vcpu.Domain, unmask.Port) : Errno.Fault,
        EventChannelCommand.Reset => PortCalls.Reset(ref vcpu, record),
        EventChannelCommand.InitControl => InitControl(ref vcpu.Domain, record),
        EventChannelCommand.ExpandArray
            => GuestMemory.TryRead(record, out EventExpandArray array) ? FifoSetup.ExpandArray(ref vcpu.Domain, array.ArrayFrame) : Errno.Fault,
        EventChannelCommand.SetPriority
            => GuestMemory.TryRead(record, out EventSetPriority priority) ? FifoSetup.SetPriority(ref vcpu.Domain, priority) : Errno.Fault,
        _ => Errno.NoSys,
    };

    /// <summary>Writes a record back after a port was made; if that cannot be done the port is closed again.</summary>
    private static Errno Answer<T>(ref Domain domain, Errno error, GuestAddress record, in T answer, uint port) where T : unmanaged
    {
        if (error != Errno.None)
            return error;
        if (GuestMemory.TryWrite(record, answer))
            return Errno.None;
        EventChannels.Close(ref domain, port);
        return Errno.Fault;
    }

    private static Errno BindInterdomain(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out EventBindInterdomain bind))
            return Errno.Fault;
        ushort remote = bind.RemoteDomain == DomainIds.Self ? vcpu.Domain.Id : bind.RemoteDomain;
        Errno error = EventChannels.BindInterdomain(ref vcpu.Domain, remote, bind.RemotePort, out bind.LocalPort);
        return Answer(ref vcpu.Domain, error, record, bind, bind.LocalPort);
    }

    private static Errno BindVirq(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out EventBindVirq bind))
            return Errno.Fault;
        Errno error = VirtualInterrupts.Bind(ref vcpu.Domain, bind.Virq, bind.Vcpu, out bind.Port);
        return Answer(ref vcpu.Domain, error, record, bind, bind.Port);
    }

    private static Errno BindPirq(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out EventBindPirq bind))
            return Errno.Fault;
        // Whether it would share the line with another domain does not matter: one domain has hardware.
        Errno error = DeviceEvents.Bind(ref vcpu.Domain, bind.Pirq, out bind.Port);
        return Answer(ref vcpu.Domain, error, record, bind, bind.Port);
    }

    private static Errno BindIpi(ref VirtualCpu vcpu, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out EventBindIpi bind))
            return Errno.Fault;
        Errno error = EventChannels.BindIpi(ref vcpu.Domain, bind.Vcpu, out bind.Port);
        return Answer(ref vcpu.Domain, error, record, bind, bind.Port);
    }

    private static Errno AllocateUnbound(ref VirtualCpu vcpu, GuestAddress record)
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

    private static Errno InitControl(ref Domain domain, GuestAddress record)
    {
        if (!GuestMemory.TryRead(record, out EventInitControl request))
            return Errno.Fault;
        request.LinkBits = EventFifo.LinkBits;
        Errno error = FifoSetup.InitControl(ref domain, request);
        return error == Errno.None && !GuestMemory.TryWrite(record, request) ? Errno.Fault : error;
    }
}
