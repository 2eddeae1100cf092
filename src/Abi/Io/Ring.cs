using System.Runtime.InteropServices;

namespace Serai.Abi.Io;

/// <summary>
/// Head of every shared ring of requests and responses, before the first entry (DEFINE_RING_TYPES of io/ring.h, 64 bytes). Indices
/// run freely.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct RingHeader
{
    [FieldOffset(0)] public uint RequestProducer;
    /// <summary>The backend wants a notification when RequestProducer passes it.</summary>
    [FieldOffset(4)] public uint RequestEvent;
    [FieldOffset(8)] public uint ResponseProducer;
    /// <summary>The frontend wants a notification when ResponseProducer passes it.</summary>
    [FieldOffset(12)] public uint ResponseEvent;
}
