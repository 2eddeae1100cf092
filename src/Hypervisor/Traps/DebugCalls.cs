using Serai.Abi;
using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;

using ControlRegisters = Serai.Hypervisor.Emulation.ControlRegisters;

namespace Serai.Hypervisor.Traps;

/// <summary>HYPERVISOR_set_debugreg and get_debugreg (ABI 02 §2.4).</summary>
public static class DebugCalls
{
    /// <summary>Sets a debug register after cleaning the value. Errors: Perm, NoDev, Inval.</summary>
    public static Errno Set(ref VirtualCpu vcpu, ulong number, ulong value)
    {
        if (number > 7)
            return Errno.NoDev;
        bool extensions = (vcpu.Controls.Cr4 & ControlRegisters.DebuggingExtensions) != 0;
        int register = (int)number;
        switch (Emulation.DebugRegisters.Sanitise(register, value, extensions, out ulong sanitised))
        {
            case DebugWrite.Stored: break;
            case DebugWrite.NotPermitted: return Errno.Perm;
            case DebugWrite.NoDevice: return Errno.NoDev;
            default: return Errno.Inval;
        }
        vcpu.DebugRegisters[Emulation.DebugRegisters.Alias(register)] = sanitised;
        GuestDebugRegisters.Load(ref vcpu);
        return Errno.None;
    }

    /// <summary>Reads a debug register; false where there is none of that number.</summary>
    public static bool TryRead(ref VirtualCpu vcpu, ulong number, out ulong value)
    {
        value = 0;
        if (number > 7)
            return false;
        value = vcpu.DebugRegisters[Emulation.DebugRegisters.Alias((int)number)];
        return true;
    }
}
