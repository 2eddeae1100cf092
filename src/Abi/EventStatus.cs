using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>The state of a port (event_channel.h).</summary>
public enum EventChannelState : uint
{
    Closed = 0,
    Unbound = 1,
    Interdomain = 2,
    Pirq = 3,
    Virq = 4,
    Ipi = 5,
}

/// <summary>Argument of Status (struct evtchn_status of event_channel.h, 24 bytes). State says which of the last fields is meant.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct EventStatus
{
    /// <summary>In.</summary>
    [FieldOffset(0)] public ushort Domain;
    /// <summary>In.</summary>
    [FieldOffset(4)] public uint Port;
    /// <summary>Out, like everything below.</summary>
    [FieldOffset(8)] public EventChannelState State;
    [FieldOffset(12)] public uint Vcpu;
    [FieldOffset(16)] public ushort UnboundDomain;
    [FieldOffset(16)] public ushort InterdomainDomain;
    [FieldOffset(20)] public uint InterdomainPort;
    [FieldOffset(16)] public uint Pirq;
    [FieldOffset(16)] public Virq Virq;
}
