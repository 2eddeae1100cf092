using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>One element of mmu_update (struct mmu_update of xen.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MmuUpdateRequest
{
    /// <summary>Machine address of the entry; the two lowest bits are an MmuUpdateCommand.</summary>
    public ulong Pointer;
    public ulong Value;
}

/// <summary>The command in the two lowest bits of MmuUpdateRequest.Pointer (xen.h).</summary>
public enum MmuUpdateCommand : uint
{
    NormalUpdate = 0,
    /// <summary>Value is the pseudo-physical frame of the machine frame at Pointer.</summary>
    MachphysUpdate = 1,
    /// <summary>As NormalUpdate, keeping the entry's accessed and dirty bits.</summary>
    PreserveAccessedDirty = 2,
    NoTranslate = 3,
}

/// <summary>
/// Flush flags of update_va_mapping. From bit 2 up: zero for this processor only, All, or a pointer to a bitmap of virtual CPUs
/// (xen.h).
/// </summary>
[Flags]
public enum UpdateVaFlags : ulong
{
    None = 0,
    TlbFlush = 1,
    InvalidatePage = 2,
    FlushTypeMask = 3,
    /// <summary>On every processor that runs the domain.</summary>
    All = 4,
}
