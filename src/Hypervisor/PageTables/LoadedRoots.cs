using Serai.Hypervisor.Records;

namespace Serai.Hypervisor.PageTables;

/// <summary>
/// The top-level table that a guest names and the one that the processor loads while the guest runs are two things. The named one is the
/// guest's frame: it holds the typed reference, it is what the guest reads and asks to change, and the hypervisor works in it. Today the two are
/// the same table. One that is loaded in the place of the named one is a copy of its entries, and changes with every store in
/// <see cref="Store"/> and with every new name.
/// </summary>
public static class LoadedRoots
{
    /// <summary>A processor comes to hold a virtual CPU.</summary>
    public static void Follow(ref VirtualCpu vcpu)
    {
        FollowKernel(ref vcpu);
        FollowUser(ref vcpu);
    }

    /// <summary>The guest names another table for the kernel of a virtual CPU that a processor holds.</summary>
    public static void FollowKernel(ref VirtualCpu vcpu) => vcpu.LoadedKernelRoot = vcpu.KernelRoot;

    /// <summary>The same for its applications.</summary>
    public static void FollowUser(ref VirtualCpu vcpu) => vcpu.LoadedUserRoot = vcpu.UserRoot;

    /// <summary>
    /// Stores an entry of a validated table of level 4 and tells the former one: the one place where such an entry changes. `keep` names bits of
    /// the old entry to carry over. A table that is being validated or taken apart is nobody's root, and its entries need not come here.
    /// </summary>
    public static ulong Store(ref ulong slot, ulong entry, ulong keep) => Level1Entries.Keep(ref slot, entry, keep);
}
