using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of physdev_op (physdev.h).</summary>
public enum PhysdevCommand : uint
{
    IrqUnmaskNotify = 4,
    IrqStatusQuery = 5,
    SetIopl = 6,
    SetIoBitmap = 7,
    ApicRead = 8,
    ApicWrite = 9,
    AllocIrqVector = 10,
    FreeIrqVector = 11,
    Eoi = 12,
    MapPirq = 13,
    UnmapPirq = 14,
    ManagePciAdd = 15,
    ManagePciRemove = 16,
    PirqEoiGmfnV1 = 17,
    RestoreMsi = 19,
    ManagePciAddExt = 20,
    SetupGsi = 21,
    GetFreePirq = 23,
    PciMmcfgReserved = 24,
    PciDeviceAdd = 25,
    PciDeviceRemove = 26,
    RestoreMsiExt = 27,
    PirqEoiGmfnV2 = 28,
    DebugPortOp = 29,
    PrepareMsix = 30,
    ReleaseMsix = 31,
}

/// <summary>Argument of SetIopl (struct physdev_set_iopl of physdev.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevSetIopl
{
    public uint Iopl;
}

/// <summary>Argument of SetIoBitmap (struct physdev_set_iobitmap of physdev.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevSetIoBitmap
{
    /// <summary>Guest pointer; a clear bit permits its port.</summary>
    public ulong Bitmap;
    public uint PortCount;
}

/// <summary>Argument of ApicRead and ApicWrite (struct physdev_apic of physdev.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevApic
{
    public ulong ApicPhysicalBase;
    public uint Register;
    public uint Value;
}

/// <summary>Argument of AllocIrqVector and FreeIrqVector (struct physdev_irq of physdev.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PhysdevIrq
{
    public uint Irq;
    /// <summary>Out.</summary>
    public uint Vector;
}
