using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>What AddToPhysmap maps (memory.h).</summary>
public enum PhysmapSpace : uint
{
    SharedInfo = 0,
    GrantTable = 1,
    Gmfn = 2,
    GmfnRange = 3,
    GmfnForeign = 4,
    DeviceMmio = 5,
}

/// <summary>Argument of AddToPhysmap (struct xen_add_to_physmap of memory.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AddToPhysmap
{
    public ushort Domain;
    /// <summary>Pages, for GmfnRange.</summary>
    public ushort Size;
    public PhysmapSpace Space;
    public ulong Index;
    public ulong Gpfn;
}

/// <summary>Argument of RemoveFromPhysmap (struct xen_remove_from_physmap of memory.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RemoveFromPhysmap
{
    public ushort Domain;
    public ulong Gpfn;
}
