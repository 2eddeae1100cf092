using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>One handler of a virtual trap table; Address zero ends the table (struct trap_info of arch-x86/xen.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrapInfo
{
    public byte Vector;
    public TrapInfoFlags Flags;
    public ushort Cs;
    public ulong Address;
}

/// <summary>Flags of TrapInfo: the two lowest bits are the privilege level from which a software interrupt may come (arch-x86/xen.h).</summary>
[Flags]
public enum TrapInfoFlags : byte
{
    None = 0,
    PrivilegeMask = 3,
    /// <summary>Set EventUpcallMask on entry.</summary>
    MaskEvents = 4,
}
