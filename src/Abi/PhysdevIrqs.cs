using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Argument of Eoi (struct physdev_eoi of physdev.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevEoi
{
    public uint Irq;
}

/// <summary>Argument of PirqEoiGmfnV1 and V2 (struct physdev_pirq_eoi_gmfn of physdev.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevPirqEoiGmfn
{
    public ulong Frame;
}

/// <summary>Argument of IrqStatusQuery (struct physdev_irq_status_query of physdev.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevIrqStatusQuery
{
    public uint Irq;
    /// <summary>Out.</summary>
    public IrqStatusFlags Flags;
}

/// <summary>Flags of PhysdevIrqStatusQuery (physdev.h).</summary>
[Flags]
public enum IrqStatusFlags : uint
{
    None = 0,
    NeedsEoi = 1 << 0,
    Shared = 1 << 1,
}

/// <summary>Argument of MapPirq (struct physdev_map_pirq of physdev.h, 40 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevMapPirq
{
    public ushort Domain;
    public MapPirqType Type;
    /// <summary>GSI, or -1.</summary>
    public int Index;
    /// <summary>In: wanted, -1 for any; out.</summary>
    public int Pirq;
    /// <summary>With MsiSegment, the segment is in the upper half.</summary>
    public int Bus;
    public int Devfn;
    /// <summary>MSI-X entry, or for MultiMsi the count.</summary>
    public int EntryNumber;
    /// <summary>Not zero for MSI-X.</summary>
    public ulong TableBase;
}

/// <summary>What MapPirq maps (physdev.h).</summary>
public enum MapPirqType : int
{
    Msi = 0,
    Gsi = 1,
    Unknown = 2,
    MsiSegment = 3,
    MultiMsi = 4,
}

/// <summary>Argument of UnmapPirq (struct physdev_unmap_pirq of physdev.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevUnmapPirq
{
    public ushort Domain;
    public int Pirq;
}

/// <summary>Argument of GetFreePirq (struct physdev_get_free_pirq of physdev.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevGetFreePirq
{
    public MapPirqType Type;
    /// <summary>Out.</summary>
    public uint Pirq;
}

/// <summary>Argument of SetupGsi (struct physdev_setup_gsi of physdev.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevSetupGsi
{
    public int Gsi;
    /// <summary>0 edge, 1 level.</summary>
    public byte Triggering;
    /// <summary>0 high, 1 low.</summary>
    public byte Polarity;
}
