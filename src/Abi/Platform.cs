using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of platform_op (platform.h).</summary>
public enum PlatformCommand : uint
{
    SetTime32 = 17,
    AddMemoryType = 31,
    DeleteMemoryType = 32,
    ReadMemoryType = 33,
    MicrocodeUpdate = 35,
    PlatformQuirk = 39,
    GetCpuVersion = 48,
    EfiRuntimeCall = 49,
    FirmwareInfo = 50,
    EnterAcpiSleep = 51,
    ChangeFrequency = 52,
    GetIdleTime = 53,
    SetProcessorPowerInfo = 54,
    GetCpuInfo = 55,
    CpuOnline = 56,
    CpuOffline = 57,
    CpuHotAdd = 58,
    MemoryHotAdd = 59,
    CoreParking = 60,
    ResourceOp = 61,
    SetTime64 = 62,
    GetSymbol = 63,
}

/// <summary>The version that PlatformOperation.InterfaceVersion must have (platform.h).</summary>
public static class PlatformInterface
{
    public const uint Version = 0x0300_0001;
}

/// <summary>The argument of platform_op (struct xen_platform_op of platform.h, 136 bytes). Command says which field from offset 8 is meant.</summary>
[StructLayout(LayoutKind.Explicit, Size = 136)]
public struct PlatformOperation
{
    [FieldOffset(0)] public PlatformCommand Command;
    [FieldOffset(4)] public uint InterfaceVersion;
    [FieldOffset(8)] public PlatformSetTime32 SetTime32;
    [FieldOffset(8)] public PlatformSetTime64 SetTime64;
    [FieldOffset(8)] public PlatformMicrocode Microcode;
    [FieldOffset(8)] public PlatformFirmwareInfo FirmwareInfo;
    [FieldOffset(8)] public PlatformAcpiSleep AcpiSleep;
    [FieldOffset(8)] public PlatformCpuInfo CpuInfo;
    [FieldOffset(8)] public PlatformIdleTime IdleTime;
    [FieldOffset(8)] public PlatformPowerInfo PowerInfo;
    [FieldOffset(8)] public PlatformCpuHotAdd CpuHotAdd;
    [FieldOffset(8)] public PlatformResources Resources;
    [FieldOffset(8)] public PlatformCpuVersion CpuVersion;
    [FieldOffset(8)] public PlatformCpuOnline CpuOnline;
    [FieldOffset(8)] public PlatformCoreParking CoreParking;
    [FieldOffset(8)] public PlatformSymbol Symbol;
}

/// <summary>Payload of SetTime32: the UTC time at a system time (struct xenpf_settime32 of platform.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformSetTime32
{
    public uint Seconds;
    public uint Nanoseconds;
    public ulong SystemTime;
}

/// <summary>Payload of SetTime64: the UTC time at a system time (struct xenpf_settime64 of platform.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformSetTime64
{
    public ulong Seconds;
    public uint Nanoseconds;
    public uint Reserved;
    public ulong SystemTime;
}

/// <summary>Payload of MicrocodeUpdate (struct xenpf_microcode_update of platform.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformMicrocode
{
    /// <summary>Guest pointer.</summary>
    public ulong Data;
    /// <summary>Bytes.</summary>
    public uint Length;
}

/// <summary>Payload of EnterAcpiSleep (struct xenpf_enter_acpi_sleep of platform.h, 12 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformAcpiSleep
{
    /// <summary>For the PM1a control register.</summary>
    public ushort ValueA;
    public ushort ValueB;
    /// <summary>5 is power off.</summary>
    public uint SleepState;
    public PlatformAcpiSleepFlags Flags;
}

/// <summary>Flags of PlatformAcpiSleep (platform.h).</summary>
[Flags]
public enum PlatformAcpiSleepFlags : uint
{
    None = 0,
    /// <summary>ValueA is for the sleep control register of a hardware-reduced platform.</summary>
    Extended = 1,
}
