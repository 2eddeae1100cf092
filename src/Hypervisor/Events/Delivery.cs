using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Scheduling;

namespace Serai.Hypervisor.Events;

/// <summary>From an upcall byte to a virtual CPU that looks at it.</summary>
public static class Delivery
{
    /// <summary>Marks an upcall pending and wakes the virtual CPU; one that runs looks at the byte on its way back into the guest, and one that
    /// runs elsewhere is sent that way.</summary>
    public static void Signal(ref VirtualCpu vcpu)
    {
        vcpu.Info.Value.EventUpcallPending = 1;
        Scheduler.Unblock(ref vcpu);
        Scheduler.Notify(ref vcpu);
    }

    /// <summary>Whether an event would be delivered now.</summary>
    public static bool IsDeliverable(ref VirtualCpu vcpu)
    {
        ref VcpuInfo info = ref vcpu.Info.Value;
        return info.EventUpcallPending != 0 && info.EventUpcallMask == 0;
    }
}
