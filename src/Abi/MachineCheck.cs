using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of mca (xen-mca.h).</summary>
public enum MachineCheckCommand : uint
{
    Fetch = 1,
    NotifyDomain = 2,
    PhysicalCpuInfo = 3,
    InjectMsr = 4,
    InjectMachineCheck = 5,
}

/// <summary>The version that MachineCheckOperation.InterfaceVersion must have (xen-mca.h).</summary>
public static class MachineCheckInterface
{
    public const uint Version = 0x01ec_c003;
}

/// <summary>The argument of mca (struct xen_mc of xen-mca.h, 152 bytes). Command says which field from offset 8 is meant.</summary>
[StructLayout(LayoutKind.Explicit, Size = 152)]
public struct MachineCheckOperation
{
    [FieldOffset(0)] public MachineCheckCommand Command;
    [FieldOffset(4)] public uint InterfaceVersion;
    [FieldOffset(8)] public MachineCheckFetch Fetch;
    [FieldOffset(8)] public MachineCheckCpuInfo CpuInfo;
}

/// <summary>Payload of Fetch (struct xen_mc_fetch of xen-mca.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct MachineCheckFetch
{
    /// <summary>In: MachineCheckFetchFlags; out: MachineCheckFetchResult.</summary>
    [FieldOffset(0)] public uint Flags;
    [FieldOffset(8)] public ulong FetchId;
    /// <summary>Guest pointer.</summary>
    [FieldOffset(16)] public ulong Data;
}

/// <summary>What MachineCheckFetch asks for (xen-mca.h).</summary>
[Flags]
public enum MachineCheckFetchFlags : uint
{
    None = 0,
    NonUrgent = 1,
    Urgent = 2,
    Acknowledge = 4,
}

/// <summary>What MachineCheckFetch is answered (xen-mca.h).</summary>
[Flags]
public enum MachineCheckFetchResult : uint
{
    None = 0,
    Failed = 1,
    NoData = 2,
    NoMatch = 4,
}

/// <summary>Payload of PhysicalCpuInfo (struct xen_mc_physcpuinfo of xen-mca.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct MachineCheckCpuInfo
{
    /// <summary>In: records that there is room for; out: how many there are.</summary>
    [FieldOffset(0)] public uint Count;
    /// <summary>Guest pointer, or null to ask for the count alone.</summary>
    [FieldOffset(8)] public ulong Records;
}
