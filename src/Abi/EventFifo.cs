using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Argument of InitControl (struct evtchn_init_control of event_channel.h, 24 bytes).</summary>
[StructLayout(LayoutKind.Explicit)]
public struct EventInitControl
{
    [FieldOffset(0)] public ulong ControlFrame;
    /// <summary>Bytes into the frame, a multiple of 8.</summary>
    [FieldOffset(8)] public uint Offset;
    [FieldOffset(12)] public uint Vcpu;
    /// <summary>Out.</summary>
    [FieldOffset(16)] public byte LinkBits;
}

/// <summary>Argument of ExpandArray (struct evtchn_expand_array of event_channel.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventExpandArray
{
    public ulong ArrayFrame;
}

/// <summary>Argument of SetPriority (struct evtchn_set_priority of event_channel.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventSetPriority
{
    public uint Port;
    /// <summary>EventFifo.PriorityMax to EventFifo.PriorityMin; a lower number is served first.</summary>
    public uint Priority;
}

/// <summary>A virtual CPU's queues of the FIFO interface (struct evtchn_fifo_control_block of event_channel.h, 72 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventFifoControlBlock
{
    /// <summary>One bit for each queue that is not empty.</summary>
    public uint Ready;
    public uint Reserved;
    public EventFifoHeads Head;
}

/// <summary>The first port of each queue, by priority (64 bytes).</summary>
public struct EventFifoHeads
{
    /// <summary>Number of elements.</summary>
    public const int Length = 16;

    private Storage storage;

    /// <summary>The element at <paramref name="index"/>, 0 to <see cref="Length"/> - 1.</summary>
    [UnscopedRef]
    public ref uint this[int index] => ref storage[index];

    /// <summary>All elements.</summary>
    [UnscopedRef]
    public Span<uint> AsSpan() => storage;

    /// <summary>All elements, for reading.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<uint> AsReadOnlySpan() => storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private uint element;
    }
}

/// <summary>Numbers of the FIFO interface; Pending to Busy are bit numbers of an event word (event_channel.h).</summary>
public static class EventFifo
{
    public const int PriorityMax = 0;
    public const int PriorityDefault = 7;
    public const int PriorityMin = 15;
    public const int MaxQueues = 16;
    public const int Pending = 31;
    public const int Masked = 30;
    public const int Linked = 29;
    public const int Busy = 28;
    public const int LinkBits = 17;
    public const uint LinkMask = (1u << LinkBits) - 1;
    public const int Channels = 1 << LinkBits;
}

/// <summary>Numbers of the two-level interface (event_channel.h).</summary>
public static class EventTwoLevel
{
    public const int Channels = 4096;
}
