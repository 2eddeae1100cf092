using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>The two top-level tables of a virtual CPU; each holds a typed reference to its frame.</summary>
public static class AddressSpaces
{
    /// <summary>Makes a frame the kernel's top-level table of the running virtual CPU. Errors: Inval.</summary>
    public static Errno SetKernelRoot(ref VirtualCpu vcpu, Mfn root)
    {
        if (Mfn.Of(vcpu.KernelRoot) == root)
        {
            Tlb.Flush();
            return Errno.None;
        }
        Errno error = Take(ref vcpu, root);
        if (error != Errno.None)
            return error;
        ulong old = vcpu.KernelRoot;
        vcpu.KernelRoot = root.Address;
        Tlb.Load(root.Address);
        Give(old);
        return Errno.None;
    }

    /// <summary>Makes a frame the applications' top-level table of a virtual CPU that runs in its kernel; frame 0 for none. Errors: Inval.</summary>
    public static Errno SetUserRoot(ref VirtualCpu vcpu, Mfn root)
    {
        if (Mfn.Of(vcpu.UserRoot) == root)
            return Errno.None;
        if (root.Value != 0)
        {
            Errno error = Take(ref vcpu, root);
            if (error != Errno.None)
                return error;
        }
        ulong old = vcpu.UserRoot;
        vcpu.UserRoot = root.Address;
        Give(old);
        return Errno.None;
    }

    /// <summary>Takes the reference of a root. Errors: Inval.</summary>
    public static Errno Take(ref VirtualCpu vcpu, Mfn root)
        => FrameTable.Exists(root) ? FrameTable.TakeTyped(root, FrameType.L4, vcpu.Domain.Id, ref vcpu.Domain) : Errno.Inval;

    private static void Give(ulong root)
    {
        if (root != 0)
            FrameTable.GiveTyped(Mfn.Of(root));
    }

    /// <summary>Gives back both roots of a virtual CPU that no processor holds.</summary>
    public static void GiveAll(ref VirtualCpu vcpu)
    {
        (ulong kernel, ulong user) = (vcpu.KernelRoot, vcpu.UserRoot);
        vcpu.KernelRoot = vcpu.UserRoot = 0;
        Give(user);
        Give(kernel);
    }
}
