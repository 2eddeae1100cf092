using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>One element of mmuext_op (struct mmuext_op of xen.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MmuExtendedOperation
{
    public MmuExtendedCommand Command;
    /// <summary>A machine frame number or a linear address.</summary>
    public ulong Argument1;
    /// <summary>A number of entries, a pointer to a bitmap of virtual CPUs, or the source frame of a copy.</summary>
    public ulong Argument2;
}

/// <summary>Commands of mmuext_op (xen.h).</summary>
public enum MmuExtendedCommand : uint
{
    PinL1Table = 0,
    PinL2Table = 1,
    PinL3Table = 2,
    PinL4Table = 3,
    UnpinTable = 4,
    /// <summary>Argument1 becomes the kernel's L4.</summary>
    NewBasePointer = 5,
    TlbFlushLocal = 6,
    InvalidatePageLocal = 7,
    TlbFlushMulti = 8,
    InvalidatePageMulti = 9,
    TlbFlushAll = 10,
    InvalidatePageAll = 11,
    FlushCache = 12,
    SetLdt = 13,
    /// <summary>Argument1 becomes the user L4; zero means none.</summary>
    NewUserBasePointer = 15,
    ClearPage = 16,
    CopyPage = 17,
    FlushCacheGlobal = 18,
    MarkSuper = 19,
    UnmarkSuper = 20,
}
