using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Domains;

/// <summary>Where a virtual CPU's kernel is entered from its applications.</summary>
public static class KernelStack
{
    /// <summary>Sets the kernel's stack; false where a frame below it would lie in the hypervisor's range.</summary>
    public static bool TrySet(ref VirtualCpu vcpu, ulong selector, ulong stack)
    {
        const ulong frameBytes = 64;
        stack &= ~15ul;
        if (Layout.IsHypervisor(unchecked(stack - 1)) || Layout.IsHypervisor(unchecked(stack - frameBytes)))
            return false;
        vcpu.KernelStackSelector = (selector | 3) & ushort.MaxValue;
        vcpu.KernelStack = stack;
        return true;
    }
}
