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
