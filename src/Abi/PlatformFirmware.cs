using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>What PlatformFirmwareInfo asks for (platform.h).</summary>
public enum FirmwareInfoType : uint
{
    Disk = 1,
    DiskMbrSignature = 2,
    VbeDdc = 3,
    Efi = 4,
    KeyboardShiftFlags = 5,
}

/// <summary>Payload of FirmwareInfo (struct xenpf_firmware_info of platform.h, 40 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
public struct PlatformFirmwareInfo
{
    [FieldOffset(0)] public FirmwareInfoType Type;
    [FieldOffset(4)] public uint Index;
    [FieldOffset(8)] public FirmwareDisk Disk;
    [FieldOffset(8)] public FirmwareDiskMbrSignature DiskMbrSignature;
    [FieldOffset(8)] public byte KeyboardShiftFlags;
    [FieldOffset(8)] public uint EfiVersion;
    [FieldOffset(8)] public EfiConfiguration EfiConfiguration;
    [FieldOffset(8)] public EfiVendor EfiVendor;
    [FieldOffset(8)] public EfiMemory EfiMemory;
}

/// <summary>What PlatformFirmwareInfo asks for by its index where it asks for Efi (platform.h).</summary>
public enum EfiInfoType : uint
{
    Version = 0,
    ConfigurationTable = 1,
    Vendor = 2,
    Memory = 3,
    RuntimeVersion = 4,
    PciRom = 5,
    AppleProperties = 6,
}

/// <summary>EFI's table of tables in PlatformFirmwareInfo (platform.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EfiConfiguration
{
    /// <summary>Physical.</summary>
    public ulong Address;
    /// <summary>Elements.</summary>
    public uint Count;
}

/// <summary>The firmware's maker in PlatformFirmwareInfo (platform.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EfiVendor
{
    public uint Revision;
    /// <summary>In: bytes that there is room for at Name.</summary>
    public uint Bytes;
    /// <summary>Guest pointer, for UTF-16.</summary>
    public ulong Name;
}

/// <summary>Memory in PlatformFirmwareInfo (platform.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EfiMemory
{
    /// <summary>In: physical.</summary>
    public ulong Address;
    /// <summary>In: as many bytes as are asked about; out: as many of them as are alike.</summary>
    public ulong Size;
    /// <summary>EFI_MEMORY_*: 8 is write-back.</summary>
    public ulong Attributes;
    public EfiMemoryType Type;
}

/// <summary>A BIOS disk in PlatformFirmwareInfo (platform.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FirmwareDisk
{
    public byte Device;
    public byte Version;
    public ushort InterfaceSupport;
    public ushort LegacyMaxCylinder;
    public byte LegacyMaxHead;
    public byte LegacySectorsPerTrack;
    /// <summary>Guest pointer; its first word is the length of the buffer.</summary>
    public ulong Parameters;
}

/// <summary>The signature of a BIOS disk in PlatformFirmwareInfo (platform.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FirmwareDiskMbrSignature
{
    public byte Device;
    public uint Signature;
}

/// <summary>What a range of memory is to EFI (UEFI 2.10, 7.2.3).</summary>
public enum EfiMemoryType : uint
{
    Reserved = 0,
    Conventional = 7,
    Unusable = 8,
    AcpiReclaimable = 9,
    AcpiNonVolatile = 10,
}
