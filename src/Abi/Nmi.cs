using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of nmi_op (nmi.h).</summary>
public enum NmiCommand : uint
{
    RegisterCallback = 0,
    UnregisterCallback = 1,
}

/// <summary>Argument of RegisterCallback (struct xennmi_callback of nmi.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NmiCallback
{
    public ulong HandlerAddress;
    public ulong Reserved;
}

/// <summary>Bits of ArchSharedInfo.NmiReason (nmi.h).</summary>
[Flags]
public enum NmiReasons : ulong
{
    None = 0,
    IoError = 1 << 0,
    PciSystemError = 1 << 1,
    Unknown = 1 << 2,
}
