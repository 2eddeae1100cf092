using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Memory;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>
/// Event channels: making, closing and raising their ends.
///
/// Theory. An end belongs to one domain and is closed, unbound (kept for a domain that may bind), bound to another end, or bound to a source (virtual
/// IRQ, IPI). The two ends of an interdomain channel name each other, always both or neither. Raising an end sets, in this strict order, its bit
/// among the domain's pending bits, then, if that was clear and the bit is not masked, the bit of its word in the virtual CPU's selector, then
/// the upcall byte; only who turns a bit from 0 to 1 goes on to the next, and the last one wakes the virtual CPU. The guest clears in the
/// opposite order, so an event raised meanwhile is seen (public/event_channel.h, the two-level form).
/// </summary>
public static class EventChannels
{
    /// <summary>Finds the lowest free port, as the ABI promises. Errors: NoSpc, NoMem.</summary>
    public static Errno Allocate(ref Domain domain, out uint port)
    {
        for (port = 1; port < EventTable.PortCount; port++)
        {
            if (!domain.Events.HasPage(port))
                return AddPage(ref domain, port);
            if (domain.Events.At(port).State == EventChannelState.Closed)
                return Errno.None;
        }
        return Errno.NoSpc;
    }

    private static Errno AddPage(ref Domain domain, uint port)
    {
        if (!FrameAllocator.TryTake(0, out Mfn frame))
            return Errno.NoMem;
        DirectMap.Frame(frame).Clear();
        domain.Events.AddPage(port, frame);
        return Errno.None;
    }

    /// <summary>Whether a port is one of the domain's and not closed.</summary>
    public static bool IsOpen(ref Domain domain, uint port)
        => domain.Events.HasPage(port) && domain.Events.At(port).State != EventChannelState.Closed;

    /// <summary>Makes an unbound end that `remote` may bind; with `hypervisor`, the hypervisor itself is the other end.</summary>
    public static Errno AllocateUnbound(ref Domain domain, ushort remote, bool hypervisor, out uint port)
    {
        Errno error = Allocate(ref domain, out port);
        if (error == Errno.None)
        {
            domain.Events.At(port) = new EventPort
            {
                State = EventChannelState.Unbound, RemoteDomain = remote, IsHypervisor = hypervisor,
            };
        }
        return error;
    }

    /// <summary>Binds a new local end to an unbound end of another domain. Errors: Srch, Inval, NoSpc, NoMem.</summary>
    public static Errno BindInterdomain(ref Domain local, ushort remoteId, uint remotePort, out uint port)
    {
        port = 0;
        if (!DomainTable.TryFind(remoteId, out Link<Domain> remote) || remote.Value.Stage == DomainStage.Dying)
            return Errno.Srch;
        if (!IsOpen(ref remote.Value, remotePort))
            return Errno.Inval;
        ref EventPort far = ref remote.Value.Events.At(remotePort);
        if (far.State != EventChannelState.Unbound || far.IsHypervisor || far.RemoteDomain != local.Id)
            return Errno.Inval;
        Errno error = Allocate(ref local, out port);
        if (error != Errno.None)
            return error;
        ref EventPort near = ref local.Events.At(port);
        near = new EventPort { State = EventChannelState.Interdomain, RemoteDomain = remoteId, Remote = remotePort };
        far.State = EventChannelState.Interdomain;
        far.RemoteDomain = local.Id;
        far.Remote = port;
        Raise(ref local, port);
        return Errno.None;
    }

    /// <summary>Binds a virtual IRQ of a virtual CPU. Errors: Inval, NoEnt, Exist, NoSpc, NoMem.</summary>
    public static Errno BindVirq(ref Domain domain, Virq virq, uint vcpu, out uint port)
    {
        port = 0;
        if ((uint)virq >= Limits.Virqs || (vcpu != 0 && !IsPerVcpu(virq)))
            return Errno.Inval;
        if (vcpu >= domain.VcpuCount)
            return Errno.NoEnt;
        if (TryFindVirq(ref domain, virq, vcpu, out _))
            return Errno.Exist;
        Errno error = Allocate(ref domain, out port);
        if (error == Errno.None)
            domain.Events.At(port) = new EventPort { State = EventChannelState.Virq, Vcpu = (ushort)vcpu, Remote = (uint)virq };
        if (error == Errno.None && virq == Virq.Timer)
            domain.Vcpu(vcpu).TimerPort = port;
        return error;
    }

    /// <summary>Whether each virtual CPU has that virtual IRQ for itself.</summary>
    public static bool IsPerVcpu(Virq virq) => virq is Virq.Timer or Virq.Debug or Virq.Xenoprof or Virq.XenPmu;

    private static bool TryFindVirq(ref Domain domain, Virq virq, uint vcpu, out uint port)
    {
        for (port = 1; domain.Events.HasPage(port); port++)
        {
            ref EventPort end = ref domain.Events.At(port);
            if (end.State == EventChannelState.Virq && end.Remote == (uint)virq && (!IsPerVcpu(virq) || end.Vcpu == vcpu))
                return true;
        }
        return false;
    }

    /// <summary>Binds an end to the virtual CPU's own IPIs. Errors: NoEnt, NoSpc, NoMem.</summary>
    public static Errno BindIpi(ref Domain domain, uint vcpu, out uint port)
    {
        port = 0;
        if (vcpu >= domain.VcpuCount)
            return Errno.NoEnt;
        Errno error = Allocate(ref domain, out port);
        if (error == Errno.None)
            domain.Events.At(port) = new EventPort { State = EventChannelState.Ipi, Vcpu = (ushort)vcpu };
        return error;
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
        }
        if (end.State == EventChannelState.Virq && end.Remote == (uint)Virq.Timer)
            domain.Vcpu(end.Vcpu).TimerPort = 0;
        if (port == domain.ConsolePort)
            domain.ConsolePort = 0;
        Interlocked.And(ref domain.SharedInfo.Value.EventPending[(int)(port / 64)], ~(1ul << (int)(port % 64)));
        end = default;
        return Errno.None;
    }

    /// <summary>What EVTCHNOP_send does. Errors: Inval for an end that nothing can be sent through.</summary>
    public static Errno Send(ref Domain domain, uint port)
    {
        if (port == 0)
            AbsentXenstore.Answer(ref domain);
        if (!IsOpen(ref domain, port))
            return Errno.Inval;
        ref EventPort end = ref domain.Events.At(port);
        switch (end.State)
        {
            case EventChannelState.Interdomain:
                if (DomainTable.TryFind(end.RemoteDomain, out Link<Domain> remote))
                    Raise(ref remote.Value, end.Remote);
                return Errno.None;
            case EventChannelState.Ipi:
                Raise(ref domain, port);
                return Errno.None;
            case EventChannelState.Unbound:
                if (end.IsHypervisor)
                    Console.GuestConsole.Drain(ref domain);
                return Errno.None;
            default:
                return Errno.Inval;
        }
    }

    /// <summary>Raises a virtual IRQ if it is bound.</summary>
    public static void RaiseVirq(ref Domain domain, Virq virq, uint vcpu)
    {
        if (TryFindVirq(ref domain, virq, vcpu, out uint port))
            Raise(ref domain, port);
    }

    /// <summary>Raises an open end of a domain.</summary>
    public static void Raise(ref Domain domain, uint port)
    {
        ref SharedInfo shared = ref domain.SharedInfo.Value;
        ulong bit = 1ul << (int)(port % 64);
        ulong before = Interlocked.Or(ref shared.EventPending[(int)(port / 64)], bit);
        ref VirtualCpu vcpu = ref domain.Vcpu(domain.Events.At(port).Vcpu);
        if ((before & bit) == 0 && (Volatile.Read(ref shared.EventMask[(int)(port / 64)]) & bit) == 0)
            Select(ref vcpu, port);
        WakePollers(ref domain, port);
    }

    /// <summary>Tells a virtual CPU that a word of pending bits has one set.</summary>
    private static void Select(ref VirtualCpu vcpu, uint port)
    {
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong word = 1ul << (int)(port / 64);
        if ((Interlocked.Or(ref info.EventPendingSelector, word) & word) == 0)
            Delivery.Signal(ref vcpu);
    }

    /// <summary>What EVTCHNOP_unmask does. Errors: Inval.</summary>
    public static Errno Unmask(ref Domain domain, uint port)
    {
        if (!IsOpen(ref domain, port))
            return Errno.Inval;
        ref SharedInfo shared = ref domain.SharedInfo.Value;
        ulong bit = 1ul << (int)(port % 64);
        Interlocked.And(ref shared.EventMask[(int)(port / 64)], ~bit);
        if ((Volatile.Read(ref shared.EventPending[(int)(port / 64)]) & bit) != 0)
            Select(ref domain.Vcpu(domain.Events.At(port).Vcpu), port);
        return Errno.None;
    }

    /// <summary>Whether a port's pending bit is set.</summary>
    public static bool IsPending(ref Domain domain, uint port)
        => port < EventTable.PortCount && (domain.SharedInfo.Value.EventPending[(int)(port / 64)] >> (int)(port % 64) & 1) != 0;

    private static void WakePollers(ref Domain domain, uint port)
    {
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            ref VirtualCpu vcpu = ref domain.Vcpu(number);
            if (vcpu.IsPolling && (vcpu.PollPort < 0 || vcpu.PollPort == (int)port))
                Scheduler.Unblock(ref vcpu);
        }
    }
}
