using System.Runtime.CompilerServices;

namespace Serai.Hypervisor.Records;

/// <summary>
/// How far a request on a xenstore ring has been taken, and its answer told. Rings are streams of bytes: whoever writes tells of the first piece, and
/// of the next only once that one is gone, so what comes must be taken as it comes.
/// </summary>
public struct StoreRequest
{
    /// <summary>The bytes of the header, of which so many have come.</summary>
    public StoreHeader Header;
    public uint Taken;

    /// <summary>Bytes of the body that are still to come, once the header is there.</summary>
    public uint BodyLeft;

    /// <summary>Bytes of the answer that have been written.</summary>
    public uint Told;
}

/// <summary>A message's header as bytes (struct xsd_sockmsg of xs_wire.h: type, request, transaction, length).</summary>
[InlineArray(Length)]
public struct StoreHeader
{
    /// <summary>How many.</summary>
    public const int Length = 16;

    private byte element;
}
