using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Domains;

namespace Serai.Hypervisor.Events;

/// <summary>
/// The two-level form: pending bit, selector bit, upcall byte, in this strict order; only who turns a bit from 0 to 1 goes on to the next, and the
/// last one wakes the virtual CPU. The guest clears in the opposite order, so an event raised meanwhile is seen (docs/book/events.md).
/// </summary>
public static class TwoLevelEvents
{
    /// <summary>Raises an open end.</summary>
    public static void Raise(ref Domain domain, uint port)
    {
        ref SharedInfo shared = ref domain.SharedInfo.Value;
        ulong bit = 1ul << (int)(port % 64);
        ulong before = Interlocked.Or(ref shared.EventPending[(int)(port / 64)], bit);
        if ((before & bit) == 0 && (Volatile.Read(in shared.EventMask[(int)(port / 64)]) & bit) == 0)
            Select(ref domain.Vcpu(domain.Events.At(port).Vcpu), port);
        if (domain.Events.HasPollers)
            Delivery.WakePollers(ref domain, port);
    }

    /// <summary>Tells a virtual CPU that a word of pending bits has one set.</summary>
    private static void Select(ref VirtualCpu vcpu, uint port)
    {
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong word = 1ul << (int)(port / 64);
        if ((Interlocked.Or(ref info.EventPendingSelector, word) & word) == 0)
            Delivery.Signal(ref vcpu);
    }

    /// <summary>Takes the mask off an open end, and tells it if it is pending.</summary>
    public static void Unmask(ref Domain domain, uint port)
    {
        ref SharedInfo shared = ref domain.SharedInfo.Value;
        ulong bit = 1ul << (int)(port % 64);
        Interlocked.And(ref shared.EventMask[(int)(port / 64)], ~bit);
        if ((Volatile.Read(in shared.EventPending[(int)(port / 64)]) & bit) != 0)
            Select(ref domain.Vcpu(domain.Events.At(port).Vcpu), port);
    }

    /// <summary>Whether a port of this form is pending.</summary>
    public static bool IsPending(ref Domain domain, uint port) => IsSet(ref domain.SharedInfo.Value.EventPending, port);

    /// <summary>Whether a port of this form is masked.</summary>
    public static bool IsMasked(ref Domain domain, uint port) => IsSet(ref domain.SharedInfo.Value.EventMask, port);

    private static bool IsSet(ref EventWords words, uint port) => (Volatile.Read(in words[(int)(port / 64)]) >> (int)(port % 64) & 1) != 0;

    /// <summary>Forgets a pending event.</summary>
    public static void Clear(ref Domain domain, uint port)
        => Interlocked.And(ref domain.SharedInfo.Value.EventPending[(int)(port / 64)], ~(1ul << (int)(port % 64)));
}
