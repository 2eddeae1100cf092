using Serai.Machine.Memory;

namespace Serai.Hypervisor.Frames;

/// <summary>
/// The machine-to-physical table: for each frame the pseudo-physical number its owner gave it. Guests read it (public/xen.h, MACH2PHYS); the
/// hypervisor only keeps it.
/// </summary>
public static class MachineToPhysical
{
    /// <summary>The entry of a frame that has no pseudo-physical number (INVALID_M2P_ENTRY).</summary>
    public const ulong Invalid = ulong.MaxValue;

    /// <summary>The table, as long as <see cref="FrameTable.All"/> or longer.</summary>
    public static ref Table<ulong> All => ref FramesState.Now.MachineToPhysicalAll;

    /// <summary>Sets the entry of a frame that exists.</summary>
    public static void Set(Mfn mfn, ulong pfn) => All[mfn.Value] = pfn;

    /// <summary>The entry of a frame that exists.</summary>
    public static ulong Get(Mfn mfn) => All[mfn.Value];
}
