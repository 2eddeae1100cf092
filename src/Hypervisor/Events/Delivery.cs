using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;

namespace Serai.Hypervisor.Events;

/// <summary>From an upcall byte to a virtual CPU that looks at it.</summary>
public static class Delivery
{
    /// <summary>
    /// Marks an upcall pending and wakes the virtual CPU; one that runs looks at the byte on its way back into the guest, and one that runs elsewhere
    /// is sent that way. While the byte is set that has been done: the guest clears it before it takes what the caller has just set.
    /// </summary>
    public static void Signal(ref VirtualCpu vcpu)
    {
        ref byte pending = ref vcpu.Info.Value.EventUpcallPending;
        if (Volatile.Read(in pending) != 0)
            return;
        Volatile.Write(ref pending, 1);
        if (Scheduler.MayHaveToHear(ref vcpu))
            Scheduler.Tell(ref vcpu);
    }

    /// <summary>Whether an event would be delivered now.</summary>
    public static bool IsDeliverable(ref VirtualCpu vcpu)
    {
        ref VcpuInfo info = ref vcpu.Info.Value;
        return info.EventUpcallPending != 0 && info.EventUpcallMask == 0;
    }

    /// <summary>A virtual CPU is about to sleep until one of some ports is pending: the port if it is one, or -1.</summary>
    public static void BeginPoll(ref VirtualCpu vcpu, int port)
    {
        vcpu.Events.IsPolling = true;
        vcpu.Events.PollPort = port;
        vcpu.Domain.Events.HasPollers = true;
    }

    /// <summary>Wakes who polls for a port, or for more than one.</summary>
    public static void WakePollers(ref Domain domain, uint port)
    {
        bool remain = false;
        Preemption.Charge(Cost.Vcpu, domain.VcpuCount);
        for (uint number = 0; number < domain.VcpuCount; number++)
        {
            ref VirtualCpu vcpu = ref domain.Vcpu(number);
            if (vcpu.Events.IsPolling && (vcpu.Events.PollPort < 0 || vcpu.Events.PollPort == (int)port))
            {
                Scheduler.Unblock(ref vcpu);
                Preemption.Charge(Cost.Wake);
            }
            remain |= vcpu.Events.IsPolling;
        }
        domain.Events.HasPollers = remain;
    }
}
