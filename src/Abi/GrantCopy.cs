using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Argument of Copy (struct gnttab_copy of grant_table.h, 40 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantCopy
{
    public GrantCopyPointer Source;
    public GrantCopyPointer Destination;
    /// <summary>Bytes; neither side may cross the end of its page.</summary>
    public ushort Length;
    public GrantCopyFlags Flags;
    /// <summary>Out.</summary>
    public GrantStatus Status;
}

/// <summary>One side of GrantCopy (struct gnttab_copy_ptr of grant_table.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Explicit)]
public struct GrantCopyPointer
{
    /// <summary>With SourceGrantRef or DestinationGrantRef.</summary>
    [FieldOffset(0)] public uint Reference;
    /// <summary>Otherwise a frame number of the caller's.</summary>
    [FieldOffset(0)] public ulong Frame;
    [FieldOffset(8)] public ushort Domain;
    /// <summary>Bytes into the page.</summary>
    [FieldOffset(10)] public ushort Offset;
}

/// <summary>Flags of GrantCopy (grant_table.h).</summary>
[Flags]
public enum GrantCopyFlags : ushort
{
    None = 0,
    SourceGrantRef = 1 << 0,
    DestinationGrantRef = 1 << 1,
}
