using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>An entry of a version 1 grant table, 512 to a page (struct grant_entry_v1 of grant_table.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GrantEntry
{
    public GrantFlags Flags;
    /// <summary>Who may map it.</summary>
    public ushort Domain;
    public uint Frame;
}

/// <summary>Flags of GrantEntry (grant_table.h).</summary>
[Flags]
public enum GrantFlags : ushort
{
    Invalid = 0,
    PermitAccess = 1,
    AcceptTransfer = 2,
    Transitive = 3,
    TypeMask = 3,
    ReadOnly = 1 << 2,
    /// <summary>Set by the hypervisor while mapped.</summary>
    Reading = 1 << 3,
    /// <summary>Set by the hypervisor while mapped for writing.</summary>
    Writing = 1 << 4,
    WriteThrough = 1 << 5,
    CacheDisable = 1 << 6,
    PageAttribute = 1 << 7,
    SubPage = 1 << 8,
    TransferCommitted = 1 << 2,
    TransferCompleted = 1 << 3,
}

/// <summary>References with a meaning of their own (grant_table.h).</summary>
public static class GrantReferences
{
    public const uint ReservedEntries = 8;
    public const uint Console = 0;
    public const uint Xenstore = 1;
}
