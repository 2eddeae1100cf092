using System.Runtime.CompilerServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>A virtual CPU's debug registers: in the processor only while breakpoints are armed.</summary>
public static class GuestDebugRegisters
{
    private const ulong ArmedMask = 0xff;
    private const ulong ResetControl = 0x400;

    /// <summary>Loads them if any is armed, and disarms those of the one before.</summary>
    public static void Load(ref VirtualCpu vcpu)
    {
        if ((vcpu.DebugRegisters[7] & ArmedMask) != 0 || vcpu.Processor.Value.HasBreakpoints)
            Change(ref vcpu, ref vcpu.Processor.Value.HasBreakpoints);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Change(ref VirtualCpu vcpu, ref bool armed)
    {
        armed = (vcpu.DebugRegisters[7] & ArmedMask) != 0;
        if (!armed)
        {
            Breakpoints.Write(7, ResetControl);
            return;
        }
        for (int register = 0; register < 4; register++)
            Breakpoints.Write(register, vcpu.DebugRegisters[register]);
        Breakpoints.Write(7, Emulation.DebugRegisters.HardwareControl(vcpu.DebugRegisters[7]));
    }
}
