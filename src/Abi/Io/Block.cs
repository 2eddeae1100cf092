using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi.Io;

/// <summary>What a block request asks for (io/blkif.h).</summary>
public enum BlockOperation : byte
{
    Read = 0,
    Write = 1,
    WriteBarrier = 2,
    FlushDiskCache = 3,
    Reserved = 4,
    Discard = 5,
    Indirect = 6,
}

/// <summary>The outcome of a block request (io/blkif.h).</summary>
public enum BlockStatus : short
{
    Okay = 0,
    Error = -1,
    NotSupported = -2,
}

/// <summary>The node "info" of a block backend (io/blkif.h).</summary>
[Flags]
public enum BlockDeviceFlags : uint
{
    None = 0,
    Cdrom = 1,
    Removable = 2,
    ReadOnly = 4,
}

/// <summary>Sizes of the block interface (io/blkif.h).</summary>
public static class BlockLimits
{
    public const int SegmentsPerRequest = 11;
    public const int IndirectPagesPerRequest = 8;
    /// <summary>Bytes of a slot, request or response.</summary>
    public const int RingEntrySize = 112;
}

/// <summary>A read, write, barrier or flush (struct blkif_request of io/blkif.h, 112 bytes). Sectors are 512 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockRequest
{
    public BlockOperation Operation;
    public byte SegmentCount;
    public ushort Handle;
    /// <summary>Echoed in the response.</summary>
    public ulong Id;
    /// <summary>First sector on the disk.</summary>
    public ulong Sector;
    public BlockSegments Segments;
}

/// <summary>A granted page, or a part of it, of a request (struct blkif_request_segment of io/blkif.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockSegment
{
    public uint GrantReference;
    /// <summary>Sectors of the page, the last one included.</summary>
    public byte FirstSector;
    public byte LastSector;
}

/// <summary>The segments of a BlockRequest (88 bytes).</summary>
public struct BlockSegments
{
    /// <summary>Number of elements.</summary>
    public const int Length = 11;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref BlockSegment this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<BlockSegment> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<BlockSegment> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private BlockSegment element;
    }
}

/// <summary>A discard (struct blkif_request_discard of io/blkif.h, 32 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockDiscardRequest
{
    public BlockOperation Operation;
    public BlockDiscardFlags Flags;
    public ushort Handle;
    public ulong Id;
    public ulong Sector;
    public ulong SectorCount;
}

/// <summary>Flags of BlockDiscardRequest (io/blkif.h).</summary>
[Flags]
public enum BlockDiscardFlags : byte
{
    None = 0,
    Secure = 1,
}

/// <summary>A read or write whose segments are in granted pages (struct blkif_request_indirect of io/blkif.h, 64 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockIndirectRequest
{
    public BlockOperation Operation;
    public BlockOperation IndirectOperation;
    public ushort SegmentCount;
    public ulong Id;
    public ulong Sector;
    public ushort Handle;
    /// <summary>Pages of BlockSegment.</summary>
    public BlockIndirectReferences GrantReferences;
}

/// <summary>The pages of a BlockIndirectRequest (32 bytes).</summary>
public struct BlockIndirectReferences
{
    /// <summary>Number of elements.</summary>
    public const int Length = 8;

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

/// <summary>The answer to any block request (struct blkif_response of io/blkif.h, 16 bytes); its slot in the ring is as long as a request.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockResponse
{
    public ulong Id;
    public BlockOperation Operation;
    public BlockStatus Status;
}
