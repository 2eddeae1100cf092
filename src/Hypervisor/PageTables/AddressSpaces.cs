using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.PageTables;

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
        Errno error = Get(ref vcpu, root);
        if (error != Errno.None)
            return error;
        MachineAddress old = vcpu.KernelRoot;
        vcpu.KernelRoot = root.Address;
        LoadedRoots.FollowKernel(ref vcpu);
        Tlb.Load(root.Address);
        Put(old);
        return Errno.None;
    }

    /// <summary>Makes a frame the applications' top-level table of a virtual CPU that runs in its kernel; frame 0 for none. Errors: Inval.</summary>
    public static Errno SetUserRoot(ref VirtualCpu vcpu, Mfn root)
    {
        if (Mfn.Of(vcpu.UserRoot) == root)
            return Errno.None;
        if (root.Value != 0)
        {
            Errno error = Get(ref vcpu, root);
            if (error != Errno.None)
                return error;
        }
        MachineAddress old = vcpu.UserRoot;
        vcpu.UserRoot = root.Address;
        LoadedRoots.FollowUser(ref vcpu);
        Put(old);
        return Errno.None;
    }

    /// <summary>Takes the reference of a root. Errors: Inval.</summary>
    public static Errno Get(ref VirtualCpu vcpu, Mfn root)
        => FrameTable.Exists(root) ? TypedReferences.Get(root, FrameType.L4, vcpu.Domain.Id, ref vcpu.Domain) : Errno.Inval;

    /// <summary>
    /// Makes a frame one of the roots of a virtual CPU that has never run, frame 0 for none. A call that stops and is made again goes on where it
    /// was: a root that has been taken stays. Errors: Inval; Restart where the call is to be made again.
    /// </summary>
    public static Errno Prepare(ref VirtualCpu vcpu, ref MachineAddress root, Mfn wanted)
    {
        if (Mfn.Of(root) == wanted)
            return Errno.None;
        if (!TryPut(ref vcpu, ref root) || !PartlyValidated.Finish(ref vcpu.Domain))
            return Errno.Restart;
        Errno error = wanted.Value != 0 ? Get(ref vcpu, wanted) : Errno.None;
        if (error == Errno.None)
            root = wanted.Address;
        return error;
    }

    /// <summary>
    /// Gives back both roots of a virtual CPU that no processor holds; false where the present call's budget does not allow it. Of two trees the
    /// second waits until the first is taken apart, since one table of each level can be noted as on its way (<see cref="PartlyValidated"/>).
    /// </summary>
    public static bool TryPutAll(ref VirtualCpu vcpu) => TryPut(ref vcpu, ref vcpu.UserRoot) && TryPut(ref vcpu, ref vcpu.KernelRoot);

    private static bool TryPut(ref VirtualCpu vcpu, ref MachineAddress root)
    {
        if (!PartlyValidated.Finish(ref vcpu.Domain))
            return false;
        MachineAddress old = root;
        root = default;
        Put(old);
        return true;
    }

    private static void Put(MachineAddress root)
    {
        if (root != 0)
            TypedReferences.Put(Mfn.Of(root));
    }
}
