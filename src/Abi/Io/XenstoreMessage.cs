using System.Runtime.InteropServices;

namespace Serai.Abi.Io;

/// <summary>What precedes every message's payload (struct xsd_sockmsg of io/xs_wire.h, 16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct XenstoreHeader
{
    public XenstoreMessageType Type;
    /// <summary>Echoed in the reply.</summary>
    public uint RequestId;
    /// <summary>Zero for none.</summary>
    public uint TransactionId;
    /// <summary>Bytes of payload.</summary>
    public uint Length;
}

/// <summary>Types of messages (io/xs_wire.h).</summary>
public enum XenstoreMessageType : uint
{
    Control = 0,
    Directory = 1,
    Read = 2,
    GetPermissions = 3,
    Watch = 4,
    Unwatch = 5,
    TransactionStart = 6,
    TransactionEnd = 7,
    Introduce = 8,
    Release = 9,
    GetDomainPath = 10,
    Write = 11,
    MakeDirectory = 12,
    Remove = 13,
    SetPermissions = 14,
    WatchEvent = 15,
    Error = 16,
    IsDomainIntroduced = 17,
    Resume = 18,
    SetTarget = 19,
    ResetWatches = 21,
    DirectoryPart = 22,
    TypeCount = 23,
    Invalid = 0xFFFF,
}
