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
        => (vcpu.Registers.Rdi & uint.MaxValue) == (ulong)EventChannelCommand.Send ? Send(ref vcpu) : PerformOther(ref vcpu);

    private static long Send(ref VirtualCpu vcpu)
        => CallResult.Error(GuestMemory.TryRead(new(vcpu.Registers.Rsi), out EventSend send)
            ? HypervisorEnds.Send(ref vcpu.Domain, send.Port) : Errno.Fault);

    private static long PerformOther(ref VirtualCpu vcpu)
    {
        PortAllocation.Search = PortSearch.Of(vcpu.Registers.Rdi);
        long result = Choose(ref vcpu);
        if (result == CallResult.Again)
            vcpu.Registers.Rdi = PortAllocation.Search.Into(vcpu.Registers.Rdi);
        PortAllocation.Search = default;
        return result;
    }

    private static long Choose(ref VirtualCpu vcpu)
    {
        var record = new GuestAddress(vcpu.Registers.Rsi);
        Errno error = Errno.Fault;
        switch ((EventChannelCommand)(vcpu.Registers.Rdi & uint.MaxValue))
        {
            case EventChannelCommand.BindInterdomain: error = BindInterdomain(ref vcpu, record); break;
            case EventChannelCommand.BindVirq: error = BindVirq(ref vcpu, record); break;
            case EventChannelCommand.BindPirq: error = BindPirq(ref vcpu, record); break;
            case EventChannelCommand.Close:
                if (GuestMemory.TryRead(record, out EventClose close))
                    error = PortCalls.Close(ref vcpu.Domain, close.Port);
                break;
            case EventChannelCommand.Send: return Send(ref vcpu);
            case EventChannelCommand.Status: error = PortCalls.Status(ref vcpu, record); break;
            case EventChannelCommand.AllocUnbound: error = AllocateUnbound(ref vcpu, record); break;
            case EventChannelCommand.BindIpi: error = BindIpi(ref vcpu, record); break;
            case EventChannelCommand.BindVcpu:
                if (GuestMemory.TryRead(record, out EventBindVcpu bind))
                    error = PortCalls.BindVcpu(ref vcpu.Domain, bind);
                break;
            case EventChannelCommand.Unmask:
                if (GuestMemory.TryRead(record, out EventUnmask unmask))
                    error = EventChannels.Unmask(ref vcpu.Domain, unmask.Port);
                break;
            case EventChannelCommand.Reset: return PortCalls.Reset(ref vcpu, record);
            case EventChannelCommand.InitControl: error = InitControl(ref vcpu.Domain, record); break;
            case EventChannelCommand.ExpandArray:
                if (GuestMemory.TryRead(record, out EventExpandArray array))
                    error = FifoSetup.ExpandArray(ref vcpu.Domain, array.ArrayFrame);
                break;
            case EventChannelCommand.SetPriority:
                if (GuestMemory.TryRead(record, out EventSetPriority priority))
                    error = FifoSetup.SetPriority(ref vcpu.Domain, priority);
                break;
            default: error = Errno.NoSys; break;
        }
        return CallResult.Outcome(error);
    }

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
