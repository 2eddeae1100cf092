using System.Threading;

using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>Event channels of this guest. Ports are numbers above 0; errors come as negative numbers.</summary>
public static class Events
{
    /// <summary>Binds a virtual IRQ of virtual CPU 0: its port, or an error.</summary>
    public static long BindVirq(Virq virq, uint vcpu = 0)
    {
        EventBindVirq argument = default;
        argument.Virq = virq;
        argument.Vcpu = vcpu;
        long result = Call(EventChannelCommand.BindVirq, Hypercalls.AddressOf(in argument));
        return result == 0 ? argument.Port : result;
    }

    /// <summary>Binds an IPI of a virtual CPU: its port, or an error.</summary>
    public static long BindIpi(uint vcpu = 0)
    {
        EventBindIpi argument = default;
        argument.Vcpu = vcpu;
        long result = Call(EventChannelCommand.BindIpi, Hypercalls.AddressOf(in argument));
        return result == 0 ? argument.Port : result;
    }

    /// <summary>Makes an end that a domain may bind: its port, or an error.</summary>
    public static long AllocateUnbound(ushort remote, ushort domain = DomainIds.Self)
    {
        EventAllocUnbound argument = default;
        argument.Domain = domain;
        argument.RemoteDomain = remote;
        long result = Call(EventChannelCommand.AllocUnbound, Hypercalls.AddressOf(in argument));
        return result == 0 ? argument.Port : result;
    }

    /// <summary>Binds an unbound end of a domain: the local port, or an error.</summary>
    public static long BindInterdomain(ushort remote, uint remotePort)
    {
        EventBindInterdomain argument = default;
        argument.RemoteDomain = remote;
        argument.RemotePort = remotePort;
        long result = Call(EventChannelCommand.BindInterdomain, Hypercalls.AddressOf(in argument));
        return result == 0 ? argument.LocalPort : result;
    }

    /// <summary>Closes a port.</summary>
    public static long Close(long port) => OnPort(EventChannelCommand.Close, port);

    /// <summary>Sends through a port.</summary>
    public static long Send(long port) => OnPort(EventChannelCommand.Send, port);

    /// <summary>Takes the mask off a port.</summary>
    public static long Unmask(long port) => OnPort(EventChannelCommand.Unmask, port);

    /// <summary>event_channel_op.</summary>
    public static long Call(EventChannelCommand command, ulong record) => Hypercalls.Call(Hypercall.EventChannelOp, (ulong)command, record);

    /// <summary>Whether a port's pending bit is set.</summary>
    public static bool IsPending(long port)
        => (Volatile.Read(ref Guest.SharedInfo.EventPending[(int)(port / 64)]) >> (int)(port % 64) & 1) != 0;

    /// <summary>Clears a port's pending bit and its word's bit in the selector, as a handler does; others may set bits meanwhile.</summary>
    public static void Acknowledge(long port)
    {
        Interlocked.Exchange(ref Guest.VcpuInfo.EventPendingSelector, 0);
        Interlocked.And(ref Guest.SharedInfo.EventPending[(int)(port / 64)], ~(1ul << (int)(port % 64)));
    }

    /// <summary>Sleeps until a port is pending, and acknowledges it. Upcalls are masked afterwards.</summary>
    public static void WaitFor(long port)
    {
        // Masked, so that an event between the look and the sleep ends the sleep: block takes the mask off and looks in one step.
        Guest.VcpuInfo.EventUpcallMask = 1;
        while (!IsPending(port))
        {
            Hypercalls.Block();
            Guest.VcpuInfo.EventUpcallMask = 1;
        }

        Acknowledge(port);
    }

    /// <summary>Masks or unmasks a port in the shared page, without asking the hypervisor.</summary>
    public static void SetMask(long port, bool masked)
    {
        ulong bit = 1ul << (int)(port % 64);
        ref ulong word = ref Guest.SharedInfo.EventMask[(int)(port / 64)];
        word = masked ? word | bit : word & ~bit;
    }

    /// <summary>Lets upcalls come, or not, and lets a waiting one come now.</summary>
    public static void Allow(bool allowed)
    {
        Guest.VcpuInfo.EventUpcallMask = allowed ? (byte)0 : (byte)1;
        Hypercalls.Call(Hypercall.XenVersion);
    }

    private static long OnPort(EventChannelCommand command, long port)
    {
        EventSend argument = default;
        argument.Port = (uint)port;
        return Call(command, Hypercalls.AddressOf(in argument));
    }
}
