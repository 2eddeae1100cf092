using System.Runtime.InteropServices;

using Serai.Abi;

namespace Serai.Hypervisor.Records;

/// <summary>One end of an event channel (16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventPort
{
    private byte state;

    /// <summary>Unbound: the hypervisor itself is at the other end (the console).</summary>
    public bool IsHypervisor;

    /// <summary>The virtual CPU that is told.</summary>
    public ushort Vcpu;

    /// <summary>Unbound: who may bind. Interdomain: who is at the other end.</summary>
    public ushort RemoteDomain;

    /// <summary>FIFO: which queue its next event goes to, 0 (first) to 15.</summary>
    public byte Priority;

    /// <summary>FIFO: raised while its event word had no page yet.</summary>
    public bool IsWaiting;

    /// <summary>Interdomain: the other end's port. Virq and Pirq: the number. Unbound: how many domains had been made when it was kept.</summary>
    public uint Remote;

    /// <summary>FIFO: the queue it was linked in last; it stays from one use of the port to the next.</summary>
    public ushort LastVcpu;

    public byte LastPriority;

    /// <summary>What it is bound to.</summary>
    public EventChannelState State
    {
        readonly get => (EventChannelState)state;
        set => state = (byte)value;
    }
}
