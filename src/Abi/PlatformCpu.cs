using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Payload of GetCpuInfo (struct xenpf_pcpuinfo of platform.h, 20 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformCpuInfo
{
    /// <summary>In; all below is out.</summary>
    public uint XenCpuId;
    public uint MaxPresent;
    public PlatformCpuFlags Flags;
    public uint ApicId;
    public uint AcpiId;
}

/// <summary>Flags of PlatformCpuInfo (platform.h).</summary>
[Flags]
public enum PlatformCpuFlags : uint
{
    None = 0,
    Online = 1,
    /// <summary>No such processor.</summary>
    Invalid = 2,
}

/// <summary>Payload of GetCpuVersion (struct xenpf_pcpu_version of platform.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformCpuVersion
{
    /// <summary>In; all below is out.</summary>
    public uint XenCpuId;
    public uint MaxPresent;
    public CpuVendorId VendorId;
    public uint Family;
    public uint Model;
    public uint Stepping;
}

/// <summary>Payload of GetIdleTime (struct xenpf_getidletime of platform.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformIdleTime
{
    /// <summary>Guest pointer to a bit for each processor; in: those asked about, out: those of them that are there.</summary>
    public ulong Bitmap;
    /// <summary>Bits of Bitmap.</summary>
    public uint ProcessorLimit;
    /// <summary>Guest pointer to nanoseconds, indexed by processor.</summary>
    public ulong IdleTimes;
    /// <summary>Out: system time when they were taken.</summary>
    public ulong Now;
}

/// <summary>The vendor's name as CPUID spells it (12 bytes).</summary>
public struct CpuVendorId
{
    /// <summary>Number of elements.</summary>
    public const int Length = 12;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}

/// <summary>Payload of CpuOnline and CpuOffline (struct xenpf_cpu_ol of platform.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformCpuOnline
{
    public uint CpuId;
}

/// <summary>Payload of CpuHotAdd (struct xenpf_cpu_hotadd of platform.h, 12 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformCpuHotAdd
{
    public uint ApicId;
    public uint AcpiId;
    public uint ProximityDomain;
}

/// <summary>Payload of ResourceOp (struct xenpf_resource_op of platform.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformResources
{
    public uint Count;
    public uint Cpu;
    /// <summary>Guest pointer to Count records of 24 bytes.</summary>
    public ulong Entries;
}

/// <summary>Payload of CoreParking (struct xenpf_core_parking of platform.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformCoreParking
{
    public CoreParkingType Type;
    public uint IdleCount;
}

/// <summary>What PlatformCoreParking asks for (platform.h).</summary>
public enum CoreParkingType : uint
{
    Set = 1,
    Get = 2,
}

/// <summary>Payload of GetSymbol (struct xenpf_symdata of platform.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlatformSymbol
{
    /// <summary>In: capacity of Name; out: bytes with the NUL.</summary>
    public uint NameLength;
    /// <summary>In: which; out: the next one.</summary>
    public uint SymbolNumber;
    /// <summary>Guest pointer.</summary>
    public ulong Name;
    public ulong Address;
    public byte Type;
}
