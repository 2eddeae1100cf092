using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi.Io;

/// <summary>The xenstore page; indices run freely, modulo 1024 (struct xenstore_domain_interface of io/xs_wire.h, 2076 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct XenstoreRing
{
    /// <summary>To xenstored.</summary>
    public XenstoreBytes Request;
    /// <summary>From xenstored: replies and watch events.</summary>
    public XenstoreBytes Response;
    public uint RequestConsumer;
    public uint RequestProducer;
    public uint ResponseConsumer;
    public uint ResponseProducer;
    public XenstoreServerFeatures ServerFeatures;
    public XenstoreConnection Connection;
    public XenstoreRingError Error;
}

/// <summary>One direction of XenstoreRing (1024 bytes).</summary>
public struct XenstoreBytes
{
    /// <summary>Number of elements.</summary>
    public const int Length = 1024;

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

/// <summary>What the server supports (io/xs_wire.h).</summary>
[Flags]
public enum XenstoreServerFeatures : uint
{
    None = 0,
    Reconnection = 1,
    Error = 2,
}

/// <summary>Values of XenstoreRing.Connection (io/xs_wire.h).</summary>
public enum XenstoreConnection : uint
{
    Connected = 0,
    Reconnect = 1,
}

/// <summary>Values of XenstoreRing.Error (io/xs_wire.h).</summary>
public enum XenstoreRingError : uint
{
    None = 0,
    Communication = 1,
    RingIndex = 2,
    Protocol = 3,
}

/// <summary>Bytes (io/xs_wire.h).</summary>
public static class XenstoreLimits
{
    public const int RingSize = 1024;
    public const int Payload = 4096;
    public const int AbsolutePath = 3072;
    public const int RelativePath = 2048;
}
