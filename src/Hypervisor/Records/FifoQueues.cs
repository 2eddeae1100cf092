using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Abi;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>
/// What the hypervisor keeps of a virtual CPU's FIFO queues: where the guest has its control block, which holds the heads, and the tails.
/// A tail is the port that was appended last, or 0; it says where the next goes only while that port is still linked.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct FifoQueues
{
    /// <summary>The guest's control block; null until it has given one.</summary>
    public Link<EventFifoControlBlock> Control;

    /// <summary>The frame that it lies in, held as writable.</summary>
    public Mfn ControlFrame;

    private TailPorts tails;

    /// <summary>The tail of the queue of a priority.</summary>
    [UnscopedRef]
    public ref uint Tail(byte priority) => ref tails[priority];

    [InlineArray(EventFifo.MaxQueues)]
    private struct TailPorts
    {
        private uint element;
    }
}
