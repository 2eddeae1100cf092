using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of memory_op, in the six lowest bits of its first argument (memory.h).</summary>
public enum MemoryCommand : uint
{
    IncreaseReservation = 0,
    DecreaseReservation = 1,
    MaximumRamPage = 2,
    CurrentReservation = 3,
    MaximumReservation = 4,
    MachphysMfnList = 5,
    PopulatePhysmap = 6,
    AddToPhysmap = 7,
    MemoryMap = 9,
    MachineMemoryMap = 10,
    Exchange = 11,
    MachphysMapping = 12,
    SetMemoryMap = 13,
    MaximumGpfn = 14,
    RemoveFromPhysmap = 15,
    SetPodTarget = 16,
    GetPodTarget = 17,
    GetSharingFreedPages = 18,
    GetSharingSharedPages = 19,
    PagingOp = 20,
    AccessOp = 21,
    SharingOp = 22,
    AddToPhysmapBatch = 23,
    ClaimPages = 24,
    MachphysCompatMfnList = 25,
    GetVnumaInfo = 26,
    ReservedDeviceMemoryMap = 27,
    AcquireResource = 28,
}

/// <summary>Argument of the reservation commands (struct xen_memory_reservation of memory.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MemoryReservation
{
    /// <summary>Guest pointer to a list of 64-bit frame numbers.</summary>
    public ulong ExtentStart;
    public ulong ExtentCount;
    /// <summary>An extent is 2^order pages.</summary>
    public uint ExtentOrder;
    public MemoryFlags Flags;
    public ushort Domain;
}

/// <summary>Flags of MemoryReservation (memory.h).</summary>
[Flags]
public enum MemoryFlags : uint
{
    None = 0,
    /// <summary>The greatest width of an address, zero for any.</summary>
    AddressBitsMask = 0xFF,
    /// <summary>A node number plus one, zero for any.</summary>
    NodeMask = 0xFF << 8,
    PopulateOnDemand = 1 << 16,
    ExactNode = 1 << 17,
    VirtualNode = 1 << 18,
}

/// <summary>Argument of Exchange (struct xen_memory_exchange of memory.h, 72 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MemoryExchange
{
    public MemoryReservation In;
    public MemoryReservation Out;
    /// <summary>Out: extents of In that were consumed.</summary>
    public ulong ExchangedCount;
}

/// <summary>Argument of CurrentReservation, MaximumReservation and MaximumGpfn (struct xen_memory_domain of memory.h, 2 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MemoryDomain
{
    public ushort Domain;
}

/// <summary>Argument of MachphysMfnList (struct xen_machphys_mfn_list of memory.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MachphysMfnList
{
    public uint MaxExtents;
    /// <summary>Guest pointer to a list of machine frames, one for each 2 MiB of the table.</summary>
    public ulong ExtentStart;
    /// <summary>Out.</summary>
    public uint ExtentCount;
}

/// <summary>Result of MachphysMapping (struct xen_machphys_mapping of memory.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MachphysMapping
{
    public ulong VirtualStart;
    public ulong VirtualEnd;
    /// <summary>The last valid index.</summary>
    public ulong MaxMfn;
}

/// <summary>Argument of MemoryMap and MachineMemoryMap (struct xen_memory_map of memory.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MemoryMap
{
    /// <summary>In: capacity of the buffer; out: entries written.</summary>
    public uint EntryCount;
    /// <summary>Guest pointer to E820Entry.</summary>
    public ulong Buffer;
}

/// <summary>Argument of SetMemoryMap (struct xen_foreign_memory_map of memory.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ForeignMemoryMap
{
    public ushort Domain;
    public MemoryMap Map;
}
