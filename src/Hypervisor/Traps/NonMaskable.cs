using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// NMIs that a guest sends its own virtual CPUs (VCPUOP_send_nmi): delivered whatever the event mask says, one at a time, until the handler's iret.
/// One that comes meanwhile, or before there is a handler, waits; further ones are the same one.
/// </summary>
public static class NonMaskable
{
    /// <summary>Sends a virtual CPU that is about to be entered to its handler, if an NMI waits and may be delivered.</summary>
    public static void Deliver(ref VirtualCpu vcpu)
    {
        ulong handler = vcpu.Traps.Addresses[(int)Exceptions.NonMaskable];
        if (!vcpu.Nmi.IsPending || vcpu.Nmi.IsInService || handler == 0)
            return;
        vcpu.Nmi.IsPending = false;
        vcpu.Nmi.IsInService = true;
        UpdateReturn(ref vcpu);
        Bounce.Deliver(ref vcpu, handler, (vcpu.Traps.Flags[(int)Exceptions.NonMaskable] & (byte)TrapInfoFlags.MaskEvents) != 0);
    }

    /// <summary>An iret ends the service of an NMI; true where another one waits.</summary>
    public static bool End(ref VirtualCpu vcpu)
    {
        vcpu.Nmi.IsInService = false;
        UpdateReturn(ref vcpu);
        return vcpu.Nmi.IsPending;
    }

    /// <summary>Says whether the next iret needs more than Entry.S does.</summary>
    private static void UpdateReturn(ref VirtualCpu vcpu)
        => vcpu.SlowReturn = vcpu.Nmi.IsInService || vcpu.Domain.Assists(VmAssistType.ArchitecturalIopl) ? (byte)1 : (byte)0;

    /// <summary>The same of all virtual CPUs of a domain, whose assists have changed, whichever of them has asked for that.</summary>
    public static void UpdateReturns(ref Domain domain)
    {
        Preemption.Charge(Cost.Vcpu, domain.VcpuCount);
        for (uint number = 0; number < domain.VcpuCount; number++)
            UpdateReturn(ref domain.Vcpu(number));
    }
}
