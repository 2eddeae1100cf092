using Serai.Hypervisor.Emulation;
using Serai.Hypervisor.Records;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Scheduling;

/// <summary>Registers of the processor that hold what the virtual CPU that runs has chosen.</summary>
public static class OwnRegisters
{
    /// <summary>Whether the processor has RDTSCP, and TSC_AUX with it.</summary>
    public static ref bool HasReadTscp => ref SchedulingState.Now.OwnRegistersHasReadTscp;

    /// <summary>Loads the real CR4 for what a virtual CPU chose, where it differs from the present one.</summary>
    public static void LoadCr4(ref VirtualCpu vcpu)
    {
        ref ulong present = ref vcpu.Processor.Value.Cr4;
        ulong wanted = ControlRegisters.RunningCr4(present, vcpu.Controls.Cr4);
        if (wanted == present)
            return;
        present = wanted;
        Instructions.WriteCr4(wanted);
    }

    /// <summary>Puts a virtual CPU's TSC_AUX into the processor, where RDTSCP and RDPID read it.</summary>
    public static void LoadTscAux(ref VirtualCpu vcpu)
    {
        if (HasReadTscp)
            Instructions.WriteMsr(MsrNumber.TscAux, vcpu.Controls.TscAux);
    }
}
