using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Argument of PciMmcfgReserved (struct physdev_pci_mmcfg_reserved of physdev.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevPciMmcfgReserved
{
    public ulong Address;
    public ushort Segment;
    public byte StartBus;
    public byte EndBus;
    public PciMmcfgFlags Flags;
}

/// <summary>Flags of PhysdevPciMmcfgReserved (physdev.h).</summary>
[Flags]
public enum PciMmcfgFlags : uint
{
    None = 0,
    Reserved = 1,
}

/// <summary>Argument of PciDeviceAdd (struct physdev_pci_device_add of physdev.h, 12 bytes); optional words may follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevPciDeviceAdd
{
    public ushort Segment;
    public byte Bus;
    public byte Devfn;
    public PciDeviceFlags Flags;
    /// <summary>With VirtualFunction.</summary>
    public byte PhysicalBus;
    public byte PhysicalDevfn;
}

/// <summary>Flags of PhysdevPciDeviceAdd (physdev.h).</summary>
[Flags]
public enum PciDeviceFlags : uint
{
    None = 0,
    ExtendedFunction = 1,
    VirtualFunction = 2,
    /// <summary>The first optional word is the proximity domain.</summary>
    ProximityDomain = 4,
}

/// <summary>Argument of PciDeviceRemove, RestoreMsiExt, PrepareMsix and ReleaseMsix (struct physdev_pci_device of physdev.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevPciDevice
{
    public ushort Segment;
    public byte Bus;
    public byte Devfn;
}

/// <summary>Argument of ManagePciAdd and ManagePciRemove (struct physdev_manage_pci of physdev.h, 2 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevManagePci
{
    public byte Bus;
    public byte Devfn;
}

/// <summary>Argument of ManagePciAddExt (struct physdev_manage_pci_ext of physdev.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevManagePciExt
{
    public byte Bus;
    public byte Devfn;
    public uint IsExtendedFunction;
    public uint IsVirtualFunction;
    public byte PhysicalBus;
    public byte PhysicalDevfn;
}

/// <summary>Argument of RestoreMsi (struct physdev_restore_msi of physdev.h, 2 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevRestoreMsi
{
    public byte Bus;
    public byte Devfn;
}

/// <summary>Argument of DebugPortOp (struct physdev_dbgp_op of physdev.h, 6 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevDebugPortOp
{
    public PhysdevDebugPortAction Action;
    public PhysdevDebugPortBus Bus;
    public PhysdevPciDevice Device;
}

/// <summary>What DebugPortOp announces (physdev.h).</summary>
public enum PhysdevDebugPortAction : byte
{
    ResetPrepare = 1,
    ResetDone = 2,
}

/// <summary>Where the debug port of PhysdevDebugPortOp is (physdev.h).</summary>
public enum PhysdevDebugPortBus : byte
{
    Unknown = 0,
    Pci = 1,
}
