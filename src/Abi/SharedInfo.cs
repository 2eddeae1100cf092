using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>The page a domain shares with the hypervisor (struct shared_info of xen.h, 3136 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SharedInfo
{
    /// <summary>One for each of the first 32 virtual CPUs.</summary>
    public VcpuInfoSlots VcpuInfo;
    public EventWords EventPending;
    public EventWords EventMask;
    /// <summary>Odd while the wall clock is being written.</summary>
    public uint WallClockVersion;
    /// <summary>UTC when the system time was zero, low half.</summary>
    public uint WallClockSeconds;
    public uint WallClockNanoseconds;
    public uint WallClockSecondsHigh;
    public ArchSharedInfo Arch;
}

/// <summary>The VcpuInfo of virtual CPUs 0 to 31 (2048 bytes).</summary>
public struct VcpuInfoSlots
{
    /// <summary>Number of elements.</summary>
    public const int Length = 32;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref VcpuInfo this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<VcpuInfo> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<VcpuInfo> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private VcpuInfo element;
    }
}

/// <summary>One bit for each of 4096 ports (512 bytes).</summary>
public struct EventWords
{
    /// <summary>Number of elements.</summary>
    public const int Length = 64;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref ulong this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<ulong> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<ulong> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private ulong element;
    }
}

/// <summary>The x86 part of SharedInfo, written by the guest but for NmiReason (struct arch_shared_info of arch-x86/xen.h, 48 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ArchSharedInfo
{
    public ulong MaxPfn;
    /// <summary>Machine frame of the root of the three-level list.</summary>
    public ulong P2mFrameListList;
    /// <summary>Bits of NmiReasons.</summary>
    public ulong NmiReason;
    public ulong P2mCr3;
    public ulong P2mVirtualAddress;
    public ulong P2mGeneration;
}

/// <summary>What a virtual CPU shares with the hypervisor (struct vcpu_info of xen.h, 64 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuInfo
{
    public byte EventUpcallPending;
    /// <summary>Not zero: no event is delivered.</summary>
    public byte EventUpcallMask;
    /// <summary>One bit for each word of SharedInfo.EventPending.</summary>
    public ulong EventPendingSelector;
    public ArchVcpuInfo Arch;
    public VcpuTimeInfo Time;
}

/// <summary>The x86 part of VcpuInfo (struct arch_vcpu_info of arch-x86/xen-x86_64.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ArchVcpuInfo
{
    /// <summary>The address of the last page fault.</summary>
    public ulong Cr2;
    public ulong Reserved;
}

/// <summary>System time as a function of the TSC (struct vcpu_time_info of xen.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuTimeInfo
{
    /// <summary>Odd while the rest is being written.</summary>
    public uint Version;
    public uint Reserved0;
    public ulong TscTimestamp;
    /// <summary>Nanoseconds since the hypervisor's start, at TscTimestamp.</summary>
    public ulong SystemTime;
    /// <summary>A fraction of 2^32, never zero.</summary>
    public uint TscToSystemMultiplier;
    public sbyte TscShift;
    public VcpuTimeFlags Flags;
    public ushort Reserved1;
}

/// <summary>Flags of VcpuTimeInfo (xen.h).</summary>
[Flags]
public enum VcpuTimeFlags : byte
{
    None = 0,
    /// <summary>Times of different virtual CPUs may be compared.</summary>
    TscStable = 1 << 0,
    GuestStopped = 1 << 1,
}
