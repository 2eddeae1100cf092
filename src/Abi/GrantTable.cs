using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of grant_table_op (grant_table.h).</summary>
public enum GrantTableCommand : uint
{
    MapGrantRef = 0,
    UnmapGrantRef = 1,
    SetupTable = 2,
    DumpTable = 3,
    Transfer = 4,
    Copy = 5,
    QuerySize = 6,
    UnmapAndReplace = 7,
    SetVersion = 8,
    GetStatusFrames = 9,
    GetVersion = 10,
    SwapGrantRef = 11,
    CacheFlush = 12,
}

/// <summary>The outcome of one element of a grant operation (grant_table.h).</summary>
public enum GrantStatus : short
{
    Okay = 0,
    GeneralError = -1,
    BadDomain = -2,
    BadGrantRef = -3,
    BadHandle = -4,
    BadVirtualAddress = -5,
    BadDeviceAddress = -6,
    NoDeviceSpace = -7,
    PermissionDenied = -8,
    BadPage = -9,
    BadCopyArgument = -10,
    AddressTooBig = -11,
    Again = -12,
    NoSpace = -13,
}

/// <summary>Flags of GrantMap (grant_table.h).</summary>
[Flags]
public enum GrantMapFlags : uint
{
    None = 0,
    DeviceMap = 1 << 0,
    HostMap = 1 << 1,
    ReadOnly = 1 << 2,
    /// <summary>User mode may use the mapping.</summary>
    ApplicationMap = 1 << 3,
    /// <summary>HostAddress is the machine address of an L1 entry.</summary>
    ContainsPte = 1 << 4,
    /// <summary>Bits 16 and up go to the entry's available bits.</summary>
    GuestAvailableMask = 0xFFFF_0000,
}

/// <summary>Argument of MapGrantRef (struct gnttab_map_grant_ref of grant_table.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantMap
{
    public ulong HostAddress;
    public GrantMapFlags Flags;
    public uint Reference;
    /// <summary>The granter.</summary>
    public ushort Domain;
    /// <summary>Out, like the fields below.</summary>
    public GrantStatus Status;
    public uint Handle;
    public ulong DeviceBusAddress;
}

/// <summary>Argument of UnmapGrantRef (struct gnttab_unmap_grant_ref of grant_table.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantUnmap
{
    /// <summary>Zero leaves the mapping in the page table.</summary>
    public ulong HostAddress;
    /// <summary>Zero leaves the mapping of the device.</summary>
    public ulong DeviceBusAddress;
    public uint Handle;
    /// <summary>Out.</summary>
    public GrantStatus Status;
}

/// <summary>Argument of UnmapAndReplace (struct gnttab_unmap_and_replace of grant_table.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantUnmapAndReplace
{
    public ulong HostAddress;
    public ulong NewAddress;
    public uint Handle;
    /// <summary>Out.</summary>
    public GrantStatus Status;
}
