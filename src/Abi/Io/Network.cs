using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi.Io;

/// <summary>The outcome of a request; a response to a receive request has the length instead of Okay (io/netif.h).</summary>
public enum NetworkStatus : short
{
    Dropped = -2,
    Error = -1,
    Okay = 0,
    /// <summary>No response: an extra-info slot.</summary>
    Null = 1,
}

/// <summary>A fragment from the guest (struct netif_tx_request of io/netif.h, 12 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkTransmitRequest
{
    public uint GrantReference;
    /// <summary>Bytes into the page.</summary>
    public ushort Offset;
    public NetworkTransmitFlags Flags;
    public ushort Id;
    /// <summary>Bytes; in the first slot of a packet, of the whole packet.</summary>
    public ushort Size;
}

/// <summary>Flags of NetworkTransmitRequest (io/netif.h).</summary>
[Flags]
public enum NetworkTransmitFlags : ushort
{
    None = 0,
    ChecksumBlank = 1 << 0,
    DataValidated = 1 << 1,
    MoreData = 1 << 2,
    /// <summary>The next slot is a NetworkExtraInfo.</summary>
    ExtraInfo = 1 << 3,
}

/// <summary>The answer to a NetworkTransmitRequest (struct netif_tx_response of io/netif.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkTransmitResponse
{
    public ushort Id;
    public NetworkStatus Status;
}

/// <summary>An empty page for a fragment to the guest (struct netif_rx_request of io/netif.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkReceiveRequest
{
    public ushort Id;
    public ushort Reserved;
    public uint GrantReference;
}

/// <summary>A fragment to the guest (struct netif_rx_response of io/netif.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkReceiveResponse
{
    public ushort Id;
    /// <summary>Bytes into the page.</summary>
    public ushort Offset;
    public NetworkReceiveFlags Flags;
    /// <summary>Bytes, or a negative NetworkStatus.</summary>
    public short Status;
}

/// <summary>Flags of NetworkReceiveResponse (io/netif.h).</summary>
[Flags]
public enum NetworkReceiveFlags : ushort
{
    None = 0,
    DataValidated = 1 << 0,
    ChecksumBlank = 1 << 1,
    MoreData = 1 << 2,
    ExtraInfo = 1 << 3,
    GsoPrefix = 1 << 4,
}

/// <summary>
/// A slot that says more about the packet (struct netif_extra_info of io/netif.h, 8 bytes). Type says which of the fields from offset
/// 2 are meant.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct NetworkExtraInfo
{
    [FieldOffset(0)] public NetworkExtraType Type;
    [FieldOffset(1)] public NetworkExtraFlags Flags;
    /// <summary>Bytes of payload in a segment.</summary>
    [FieldOffset(2)] public ushort GsoSize;
    [FieldOffset(4)] public NetworkGsoType GsoType;
    [FieldOffset(6)] public ushort GsoFeatures;
    [FieldOffset(2)] public NetworkAddress MulticastAddress;
    [FieldOffset(2)] public byte HashType;
    [FieldOffset(3)] public byte HashAlgorithm;
    [FieldOffset(4)] public NetworkHashValue HashValue;
}

/// <summary>An Ethernet address (6 bytes).</summary>
public struct NetworkAddress
{
    /// <summary>Number of elements.</summary>
    public const int Length = 6;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}

/// <summary>A hash in network order (4 bytes).</summary>
public struct NetworkHashValue
{
    /// <summary>Number of elements.</summary>
    public const int Length = 4;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref byte this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<byte> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte element;
    }
}

/// <summary>Types of NetworkExtraInfo (io/netif.h).</summary>
public enum NetworkExtraType : byte
{
    None = 0,
    Gso = 1,
    MulticastAdd = 2,
    MulticastDelete = 3,
    Hash = 4,
    Max = 5,
}

/// <summary>Flags of NetworkExtraInfo (io/netif.h).</summary>
[Flags]
public enum NetworkExtraFlags : byte
{
    None = 0,
    More = 1 << 0,
}

/// <summary>Segmentation types of NetworkExtraInfo (io/netif.h).</summary>
public enum NetworkGsoType : byte
{
    None = 0,
    TcpV4 = 1,
    TcpV6 = 2,
}

/// <summary>Sizes of the network interface (io/netif.h).</summary>
public static class NetworkLimits
{
    /// <summary>Slots of a packet that every backend must take.</summary>
    public const int MinimumSlots = 18;
    /// <summary>Bytes of a packet.</summary>
    public const int TransmitSize = 0xFFFF;
}
