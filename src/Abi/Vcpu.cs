using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of vcpu_op (vcpu.h).</summary>
public enum VcpuCommand : uint
{
    Initialise = 0,
    Up = 1,
    Down = 2,
    IsUp = 3,
    GetRunstateInfo = 4,
    RegisterRunstateMemoryArea = 5,
    SetPeriodicTimer = 6,
    StopPeriodicTimer = 7,
    SetSingleshotTimer = 8,
    StopSingleshotTimer = 9,
    RegisterVcpuInfo = 10,
    SendNmi = 11,
    GetPhysicalId = 12,
    RegisterVcpuTimeMemoryArea = 13,
}

/// <summary>What a virtual CPU is doing (vcpu.h).</summary>
public enum Runstate : int
{
    Running = 0,
    Runnable = 1,
    Blocked = 2,
    Offline = 3,
}

/// <summary>Where a virtual CPU's time went (struct vcpu_runstate_info of vcpu.h, 48 bytes); times in nanoseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuRunstateInfo
{
    public Runstate State;
    /// <summary>System time when State was entered; RunstateFlags.Update is set while the rest is being written.</summary>
    public ulong StateEntryTime;
    public ulong TimeRunning;
    public ulong TimeRunnable;
    public ulong TimeBlocked;
    public ulong TimeOffline;
}

/// <summary>The marker bit of VcpuRunstateInfo.StateEntryTime (vcpu.h).</summary>
public static class RunstateFlags
{
    public const ulong Update = 1ul << 63;
}

/// <summary>Argument of RegisterRunstateMemoryArea (vcpu.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuRegisterRunstateMemoryArea
{
    /// <summary>Guest virtual address of a VcpuRunstateInfo.</summary>
    public ulong Address;
}

/// <summary>Argument of SetPeriodicTimer (vcpu.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuSetPeriodicTimer
{
    /// <summary>Nanoseconds.</summary>
    public ulong Period;
}

/// <summary>Argument of SetSingleshotTimer (vcpu.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuSetSingleshotTimer
{
    /// <summary>Absolute system time in nanoseconds.</summary>
    public ulong Timeout;
    public VcpuSingleshotFlags Flags;
}

/// <summary>Flags of VcpuSetSingleshotTimer (vcpu.h).</summary>
[Flags]
public enum VcpuSingleshotFlags : uint
{
    None = 0,
    /// <summary>Refuse a time in the past with Errno.Time.</summary>
    Future = 1 << 0,
}

/// <summary>Argument of RegisterVcpuInfo (vcpu.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuRegisterVcpuInfo
{
    public ulong Frame;
    /// <summary>Bytes into the frame.</summary>
    public uint Offset;
    public uint Reserved;
}

/// <summary>Argument of GetPhysicalId (vcpu.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuGetPhysicalId
{
    /// <summary>APIC id in the low half, ACPI id in the high half.</summary>
    public ulong PhysicalId;
}

/// <summary>Argument of RegisterVcpuTimeMemoryArea (vcpu.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuRegisterTimeMemoryArea
{
    /// <summary>Guest virtual address of a VcpuTimeInfo, zero to unregister.</summary>
    public ulong Address;
}
