using Serai.Abi;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Time;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Events;

/// <summary>
/// Virtual IRQs: what the hypervisor has to tell, and the port that a domain wants to be told at. Each virtual CPU has its own of some, the domain
/// has one of each other, which is bound at virtual CPU 0 and may be moved from there.
/// </summary>
public static class VirtualInterrupts
{
    /// <summary>Whether each virtual CPU has that virtual IRQ for itself.</summary>
    public static bool IsPerVcpu(Virq virq) => virq is Virq.Timer or Virq.Debug or Virq.Xenoprof or Virq.XenPmu;

    /// <summary>Binds a virtual IRQ of a virtual CPU. Errors: Inval, NoEnt, Exist, NoSpc, NoMem.</summary>
    public static Errno Bind(ref Domain domain, Virq virq, uint vcpu, out uint port)
    {
        port = 0;
        if ((uint)virq >= Limits.Virqs || (vcpu != 0 && !IsPerVcpu(virq)))
            return Errno.Inval;
        if (vcpu >= domain.VcpuCount)
            return Errno.NoEnt;
        ref uint bound = ref domain.Vcpu(vcpu).Events.VirqPorts[(int)virq];
        if (bound != 0)
            return Errno.Exist;
        var end = new EventPort { State = EventChannelState.Virq, Vcpu = (ushort)vcpu, Remote = (uint)virq };
        Errno error = PortAllocation.Open(ref domain, end, out port);
        if (error != Errno.None)
            return error;
        bound = port;
        if (virq == Virq.Timer)
            GuestTimers.HearingChanged(ref domain.Vcpu(vcpu));
        return Errno.None;
    }

    /// <summary>Forgets the port of an end that is about to be closed.</summary>
    internal static void Unbind(ref Domain domain, in EventPort end)
    {
        ref VirtualCpu vcpu = ref domain.Vcpu(IsPerVcpu((Virq)end.Remote) ? end.Vcpu : 0u);
        vcpu.Events.VirqPorts[(int)end.Remote] = 0;
        if ((Virq)end.Remote == Virq.Timer)
            GuestTimers.HearingChanged(ref vcpu);
    }

    /// <summary>Whether an open port is that of a virtual CPU's timer, and of which.</summary>
    public static bool IsTimer(ref Domain domain, uint port, out uint vcpu)
    {
        ref EventPort end = ref domain.Events.At(port);
        vcpu = end.Vcpu;
        return end.State == EventChannelState.Virq && end.Remote == (uint)Virq.Timer;
    }

    /// <summary>Raises a virtual IRQ if it is bound; one of the domain's is virtual CPU 0's to bind.</summary>
    public static void Raise(ref Domain domain, Virq virq, uint vcpu)
    {
        uint port = vcpu < domain.VcpuCount ? domain.Vcpu(vcpu).Events.VirqPorts[(int)virq] : 0;
        if (port != 0)
            EventChannels.Raise(ref domain, port);
    }

    /// <summary>Tells the initial domain what is the whole machine's affair.</summary>
    public static void RaiseGlobal(Virq virq)
    {
        if (DomainTable.TryFind(0, out Link<Domain> initial) && initial.Value.Stage == DomainStage.Alive)
            Raise(ref initial.Value, virq, 0);
    }
}
