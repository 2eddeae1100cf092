using System;
using System.Runtime.InteropServices;

namespace Serai.Abi;

/// <summary>Sub-commands of event_channel_op (event_channel.h).</summary>
public enum EventChannelCommand : uint
{
    BindInterdomain = 0,
    BindVirq = 1,
    BindPirq = 2,
    Close = 3,
    Send = 4,
    Status = 5,
    AllocUnbound = 6,
    BindIpi = 7,
    BindVcpu = 8,
    Unmask = 9,
    Reset = 10,
    InitControl = 11,
    ExpandArray = 12,
    SetPriority = 13,
}

/// <summary>Argument of AllocUnbound (struct evtchn_alloc_unbound of event_channel.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventAllocUnbound
{
    public ushort Domain;
    public ushort RemoteDomain;
    /// <summary>Out.</summary>
    public uint Port;
}

/// <summary>Argument of BindInterdomain (struct evtchn_bind_interdomain of event_channel.h, 12 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventBindInterdomain
{
    public ushort RemoteDomain;
    public uint RemotePort;
    /// <summary>Out.</summary>
    public uint LocalPort;
}

/// <summary>Argument of BindVirq (struct evtchn_bind_virq of event_channel.h, 12 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventBindVirq
{
    public Virq Virq;
    public uint Vcpu;
    /// <summary>Out.</summary>
    public uint Port;
}

/// <summary>Argument of BindPirq (struct evtchn_bind_pirq of event_channel.h, 12 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventBindPirq
{
    public uint Pirq;
    public EventBindPirqFlags Flags;
    /// <summary>Out.</summary>
    public uint Port;
}

/// <summary>Flags of EventBindPirq (event_channel.h).</summary>
[Flags]
public enum EventBindPirqFlags : uint
{
    None = 0,
    WillShare = 1,
}

/// <summary>Argument of BindIpi (struct evtchn_bind_ipi of event_channel.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventBindIpi
{
    public uint Vcpu;
    /// <summary>Out.</summary>
    public uint Port;
}

/// <summary>Argument of Close (struct evtchn_close of event_channel.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventClose
{
    public uint Port;
}

/// <summary>Argument of Send (struct evtchn_send of event_channel.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventSend
{
    public uint Port;
}

/// <summary>Argument of BindVcpu (struct evtchn_bind_vcpu of event_channel.h, 8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventBindVcpu
{
    public uint Port;
    public uint Vcpu;
}

/// <summary>Argument of Unmask (struct evtchn_unmask of event_channel.h, 4 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventUnmask
{
    public uint Port;
}

/// <summary>Argument of Reset (struct evtchn_reset of event_channel.h, 2 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventReset
{
    public ushort Domain;
}
