using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Traps;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>
/// The ways in that Entry.S calls without the lock. Tests hold it, so it is given up here; each method tells whether the lock was taken, and holds it
/// again at its end, as any other processor might.
/// </summary>
internal static class WayIn
{
    private delegate int Way(ref VirtualCpu vcpu);

    private static readonly Way trap = Entry.GuestTrap, userSyscall = Entry.GuestUserSyscall, sysenter = Entry.GuestSysenter,
        eventAlone = Entry.DeliverEventAlone;

    /// <summary>A page fault of a guest's.</summary>
    public static bool PageFault(ref VirtualCpu vcpu, ulong address, uint errorCode)
    {
        HypervisorLock.Release();
        if (Entry.GuestPageFaultAlone(ref vcpu, address, errorCode))
            return Return(0);
        HypervisorLock.Acquire();
        Entry.GuestPageFault(ref vcpu, address, errorCode);
        return Return(1);
    }

    /// <summary>The vector in its registers.</summary>
    public static bool Trap(ref VirtualCpu vcpu) => Come(trap, ref vcpu);

    /// <summary>An exception with an error code.</summary>
    public static bool Exception(ref VirtualCpu vcpu, uint vector, uint errorCode = 0)
    {
        (vcpu.Registers.Vector, vcpu.Registers.ErrorCode) = (vector, errorCode);
        return Trap(ref vcpu);
    }

    /// <summary>A system call of an application.</summary>
    public static bool UserSyscall(ref VirtualCpu vcpu) => Come(userSyscall, ref vcpu);

    /// <summary>One by `sysenter`.</summary>
    public static bool Sysenter(ref VirtualCpu vcpu) => Come(sysenter, ref vcpu);

    /// <summary>An event on the way out of who has not taken the lock; false where it is left to who takes it.</summary>
    public static bool TryDeliverEvent(ref VirtualCpu vcpu)
    {
        HypervisorLock.Release();
        int done = eventAlone(ref vcpu);
        HypervisorLock.Acquire();
        return done != 0;
    }

    /// <summary>The way out of who awaits others, or is waited for.</summary>
    public static void GiveWay(ref VirtualCpu vcpu)
    {
        Entry.GiveWay(ref vcpu);
        HypervisorLock.Acquire();
    }

    private static bool Come(Way way, ref VirtualCpu vcpu)
    {
        HypervisorLock.Release();
        return Return(way(ref vcpu));
    }

    private static bool Return(int took)
    {
        if (took != 0)
            HypervisorLock.Demand();
        else
            HypervisorLock.Acquire();
        return took != 0;
    }
}
