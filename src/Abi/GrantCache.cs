using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Argument of CacheFlush (struct gnttab_cache_flush of grant_table.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantCacheFlush
{
    /// <summary>The frame's address on the bus.</summary>
    public ulong DeviceBusAddress;
    /// <summary>Bytes into the frame.</summary>
    public ushort Offset;
    public ushort Length;
    public GrantCacheOperations Operations;
}

/// <summary>Flags of GrantCacheFlush (grant_table.h).</summary>
[Flags]
public enum GrantCacheOperations : uint
{
    None = 0,
    Clean = 1 << 0,
    Invalidate = 1 << 1,
    /// <summary>The address is a grant reference; nobody does that.</summary>
    SourceGrantRef = 1u << 31,
}
