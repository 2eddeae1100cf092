using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Interrupts;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Events;

/// <summary>
/// Event channels: making, closing and raising their ends.
///
/// Theory. An end belongs to one domain and is closed, unbound (kept for a domain that may bind), bound to another end, or bound to a source
/// (virtual or physical IRQ, IPI). The two ends of an interdomain channel name each other, always both or neither; so an end's other half is
/// checked when it is bound, never when it is used. How a raised end reaches its guest is the form's matter, which the guest chooses:
/// <see cref="TwoLevelEvents"/> or <see cref="FifoEvents"/>.
/// </summary>
public static class EventChannels
{
    /// <summary>Whether a port is one of the domain's and not closed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOpen(ref Domain domain, uint port)
        => domain.Events.HasPage(port) && domain.Events.At(port).State != EventChannelState.Closed;

    /// <summary>
    /// Makes an unbound end that `remote` may bind; with `hypervisor`, the hypervisor itself is the other end. Errors: NoSpc, NoMem.
    /// </summary>
    public static Errno AllocateUnbound(ref Domain domain, ushort remote, bool hypervisor, out uint port)
    {
        var end = new EventPort
            { State = EventChannelState.Unbound, RemoteDomain = remote, IsHypervisor = hypervisor, Remote = DomainTable.Births };
        return PortAllocation.Open(ref domain, end, out port);
    }

    /// <summary>Binds a new local end to an unbound end of another domain. Errors: Srch, Inval, NoSpc, NoMem.</summary>
    public static Errno BindInterdomain(ref Domain local, ushort remoteId, uint remotePort, out uint port)
    {
        port = 0;
        if (!DomainTable.TryFind(remoteId, out Link<Domain> remote) || remote.Value.Stage != DomainStage.Alive)
            return Errno.Srch;
        if (!IsOpen(ref remote.Value, remotePort))
            return Errno.Inval;
        ref EventPort far = ref remote.Value.Events.At(remotePort);
        if (far.State != EventChannelState.Unbound || far.IsHypervisor || far.RemoteDomain != local.Id || !IsKeptFor(far, local))
            return Errno.Inval;
        var near = new EventPort { State = EventChannelState.Interdomain, RemoteDomain = remoteId, Remote = remotePort };
        Errno error = PortAllocation.Open(ref local, near, out port);
        if (error != Errno.None)
            return error;
        far.State = EventChannelState.Interdomain;
        far.RemoteDomain = local.Id;
        far.Remote = port;
        // What the peer sent before there was a channel is not known any more; it may have.
        Raise(ref local, port);
        return Errno.None;
    }

    /// <summary>
    /// Whether an unbound end that names a domain's id is for this domain: not one that was kept for a former domain of that id. One kept before
    /// the first of that id was born was meant for it.
    /// </summary>
    private static bool IsKeptFor(in EventPort end, in Domain domain) => !domain.HasPredecessor || end.Remote >= domain.Birth;

    /// <summary>Binds an end to the virtual CPU's own IPIs. Errors: NoEnt, NoSpc, NoMem.</summary>
    public static Errno BindIpi(ref Domain domain, uint vcpu, out uint port)
    {
        port = 0;
        return vcpu < domain.VcpuCount
            ? PortAllocation.Open(ref domain, new EventPort { State = EventChannelState.Ipi, Vcpu = (ushort)vcpu }, out port) : Errno.NoEnt;
    }

    /// <summary>Closes an end: the other end of a channel becomes unbound again, kept for this domain. Errors: Inval.</summary>
    public static Errno Close(ref Domain domain, uint port)
    {
        if (!IsOpen(ref domain, port))
            return Errno.Inval;
        ref EventPort end = ref domain.Events.At(port);
        if (end.State == EventChannelState.Interdomain && DomainTable.TryFind(end.RemoteDomain, out Link<Domain> remote))
        {
            ref EventPort far = ref remote.Value.Events.At(end.Remote);
            far.State = EventChannelState.Unbound;
            far.RemoteDomain = domain.Id;
            far.Remote = DomainTable.Births;
        }
        if (end.State == EventChannelState.Virq)
            VirtualInterrupts.Unbind(ref domain, end);
        else if (end.State == EventChannelState.Pirq)
            PhysicalInterrupts.Unbind(end.Remote);
        if (port == domain.Console.Port)
            domain.Console.Port = 0;
        if (port == domain.Store.Port)
            domain.Store.Port = 0;
        if (domain.Events.IsFifo)
            FifoEvents.Clear(ref domain, port);
        else
            TwoLevelEvents.Clear(ref domain, port);
        PortAllocation.Close(ref domain, port);
        return Errno.None;
    }

    /// <summary>
    /// What EVTCHNOP_send does to an end at whose other end the hypervisor is not. Errors: Inval for that, and for one that nothing can be sent
    /// through.
    /// </summary>
    public static Errno Send(ref Domain domain, uint port)
    {
        if (!domain.Events.HasPage(port))
            return Errno.Inval;
        ref EventPort end = ref domain.Events.At(port);
        if (end.State != EventChannelState.Interdomain)
            return SendElsewhere(ref domain, port, end);
        if (DomainTable.TryFind(end.RemoteDomain, out Link<Domain> remote))
            Raise(ref remote.Value, end.Remote);
        return Errno.None;
    }

    private static Errno SendElsewhere(ref Domain domain, uint port, in EventPort end)
    {
        if (end.State == EventChannelState.Unbound && !end.IsHypervisor)
            return Errno.None;
        if (end.State != EventChannelState.Ipi)
            return Errno.Inval;
        Raise(ref domain, port);
        return Errno.None;
    }

    /// <summary>Raises an open end of a domain.</summary>
    public static void Raise(ref Domain domain, uint port)
    {
        HypervisorLock.Demand();
        if (domain.Events.IsFifo)
            FifoEvents.Raise(ref domain, port);
        else
            TwoLevelEvents.Raise(ref domain, port);
    }

    /// <summary>What EVTCHNOP_unmask does. Errors: Inval.</summary>
    public static Errno Unmask(ref Domain domain, uint port)
    {
        if (!IsOpen(ref domain, port))
            return Errno.Inval;
        if (domain.Events.IsFifo)
            FifoEvents.Unmask(ref domain, port);
        else
            TwoLevelEvents.Unmask(ref domain, port);
        return Errno.None;
    }

    /// <summary>Whether an open end is pending.</summary>
    public static bool IsPending(ref Domain domain, uint port)
        => IsOpen(ref domain, port) && (domain.Events.IsFifo ? FifoEvents.IsPending(ref domain, port) : TwoLevelEvents.IsPending(ref domain, port));
}
