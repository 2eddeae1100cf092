using Serai.Machine.Memory;

namespace Serai.Hypervisor.Memory;

/// <summary>
/// The machine-to-physical table: for each frame the pseudo-physical number its owner gave it. Guests read it (public/xen.h, MACH2PHYS); the
/// hypervisor only keeps it.
/// </summary>
public static class MachineToPhysical
{
    /// <summary>The entry of a frame that has no pseudo-physical number (INVALID_M2P_ENTRY).</summary>
    public const ulong Invalid = ulong.MaxValue;

    /// <summary>Sets the entry of a frame that exists.</summary>
    public static void Set(Mfn mfn, ulong pfn) => State.MachineToPhysical[mfn.Value] = pfn;

    /// <summary>The entry of a frame that exists.</summary>
    public static ulong Get(Mfn mfn) => State.MachineToPhysical[mfn.Value];
}
