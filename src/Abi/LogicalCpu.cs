using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>A processor as mca tells of it (struct mcinfo_logical_cpu of xen-mca.h, 304 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LogicalCpu
{
    public uint Number;
    public uint ChipId;
    public ushort CoreId;
    public ushort ThreadId;
    public uint ApicId;
    public uint ClusterId;
    public uint Cores;
    public uint ActiveCores;
    public uint Threads;
    public int HighestLeaf;
    public uint Family;
    public uint Vendor;
    public uint Model;
    public uint Stepping;
    public LogicalCpuVendor VendorName;
    public LogicalCpuBrand BrandName;
    public LogicalCpuFeatures Features;
    public uint CacheSize;
    public uint CacheAlignment;
    public int MsrCount;
    public LogicalCpuMsrs Msrs;
}

/// <summary>A register in LogicalCpu (struct mcinfo_msr of xen-mca.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LogicalCpuMsr
{
    public ulong Register;
    public ulong Value;
}

/// <summary>The maker's name (16 bytes).</summary>
public struct LogicalCpuVendor
{
    /// <summary>Number of elements.</summary>
    public const int Length = 16;

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

/// <summary>The processor's name, as CPUID spells it (64 bytes).</summary>
public struct LogicalCpuBrand
{
    /// <summary>Number of elements.</summary>
    public const int Length = 64;

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

/// <summary>Words of features: leaf 1's EDX, leaf 0x80000001's EDX, three of others', leaf 1's ECX ... (28 bytes).</summary>
public struct LogicalCpuFeatures
{
    /// <summary>Number of elements.</summary>
    public const int Length = 7;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref uint this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<uint> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<uint> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private uint element;
    }
}

/// <summary>The registers in LogicalCpu (128 bytes).</summary>
public struct LogicalCpuMsrs
{
    /// <summary>Number of elements.</summary>
    public const int Length = 8;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref LogicalCpuMsr this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<LogicalCpuMsr> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<LogicalCpuMsr> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private LogicalCpuMsr element;
    }
}
