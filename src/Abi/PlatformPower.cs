using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>What PlatformPowerInfo tells of a processor (platform.h).</summary>
public enum PowerInfoType : uint
{
    /// <summary>Its C states: how deep it may sleep.</summary>
    IdleStates = 0,
    /// <summary>Its P states: how fast it may run.</summary>
    PerformanceStates = 1,
    /// <summary>Its T states.</summary>
    ThrottlingStates = 2,
    /// <summary>What of these the firmware is to be told that there is a driver for (_PDC).</summary>
    Capabilities = 3,
}

/// <summary>Payload of SetProcessorPowerInfo (struct xenpf_set_processor_pminfo of platform.h, 112 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
public struct PlatformPowerInfo
{
    /// <summary>The firmware's number of a processor.</summary>
    [FieldOffset(0)] public uint Id;
    [FieldOffset(4)] public PowerInfoType Type;
    [FieldOffset(8)] public ProcessorIdleStates IdleStates;
    [FieldOffset(8)] public ProcessorPerformance Performance;
    /// <summary>Guest pointer to words: 1, how many follow, and these.</summary>
    [FieldOffset(8)] public ulong Capabilities;
}

/// <summary>C states in PlatformPowerInfo (struct xen_processor_power of platform.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct ProcessorIdleStates
{
    [FieldOffset(0)] public uint Count;
    /// <summary>Guest pointer to Count records of 48 bytes.</summary>
    [FieldOffset(8)] public ulong States;
}

/// <summary>P states in PlatformPowerInfo (struct xen_processor_performance of platform.h, 104 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = 104)]
public struct ProcessorPerformance
{
    [FieldOffset(0)] public ProcessorPerformanceFlags Flags;
    [FieldOffset(40)] public uint Count;
    /// <summary>Guest pointer to Count records of 48 bytes.</summary>
    [FieldOffset(48)] public ulong States;
}

/// <summary>Which parts of ProcessorPerformance are filled in (platform.h).</summary>
[Flags]
public enum ProcessorPerformanceFlags : uint
{
    None = 0,
    Registers = 1,
    States = 2,
    Limit = 4,
    Dependency = 8,
}
