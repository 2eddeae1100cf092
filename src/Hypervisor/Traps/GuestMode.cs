using Serai.Hypervisor.Records;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>The change between a guest's kernel and its applications: another top-level table, the other GS base, one bit (ABI 04 §4.1).</summary>
public static class GuestMode
{
    /// <summary>Changes the running virtual CPU to its kernel. Needs no lock.</summary>
    public static void EnterKernel(ref VirtualCpu vcpu)
    {
        vcpu.KernelMode = 1;
        Instructions.SwapGs();
        Tlb.LoadAlone(vcpu.KernelRoot, vcpu.Processor.Value.Number);
    }

    /// <summary>Undoes that: the application that was left goes on.</summary>
    public static void ReturnToUser(ref VirtualCpu vcpu)
    {
        vcpu.KernelMode = 0;
        Instructions.SwapGs();
        Tlb.LoadAlone(vcpu.UserRoot, vcpu.Processor.Value.Number);
    }

    /// <summary>Changes the running virtual CPU to its applications; false where it has no table for them.</summary>
    public static bool TryEnterUser(ref VirtualCpu vcpu)
    {
        if (vcpu.UserRoot == 0)
            return false;
        vcpu.KernelMode = 0;
        Instructions.SwapGs();
        Tlb.Load(vcpu.UserRoot);
        return true;
    }
}
