using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>What of events is a virtual CPU's own.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuEvents
{
    /// <summary>Waits for one of some ports, events masked or not (SCHEDOP_poll); the port when it is one, or -1.</summary>
    public bool IsPolling;
    public int PollPort;

    /// <summary>The port of each virtual IRQ that is bound here, or 0.</summary>
    public VirqPortList VirqPorts;

    public FifoQueues Fifo;

    /// <summary>The frame where its Info lies if the guest registered one.</summary>
    public Mfn InfoFrame;
    public bool HasOwnInfo;

    /// <summary>The port that VIRQ_TIMER is bound to, or 0.</summary>
    public readonly uint TimerPort => VirqPorts[(int)Virq.Timer];
}

/// <summary>Ports, by virtual IRQ.</summary>
[InlineArray(Limits.Virqs)]
public struct VirqPortList
{
    private uint element;
}
