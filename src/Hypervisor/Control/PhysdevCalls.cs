using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>HYPERVISOR_physdev_op: the virtual I/O privilege level. Interrupts of devices are not routed to any domain yet: NoSys.</summary>
public static class PhysdevCalls
{
    /// <summary>RDI: command, RSI: its record. Errors: Fault, Inval, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
        => (PhysdevCommand)(vcpu.Registers.Rdi & uint.MaxValue) switch
        {
            PhysdevCommand.SetIopl => SetPrivilegeLevel(ref vcpu),
            _ => Hypercalls.Error(Errno.NoSys),
        };

    private static long SetPrivilegeLevel(ref VirtualCpu vcpu)
    {
        if (!GuestMemory.TryRead(vcpu.Registers.Rsi, out PhysdevSetIopl level))
            return Hypercalls.Error(Errno.Fault);
        if (level.Iopl > 3)
            return Hypercalls.Error(Errno.Inval);
        vcpu.PrivilegeLevel = (byte)level.Iopl;
        return 0;
    }
}
