using System.Runtime.CompilerServices;
using System.Threading;

using Serai.Abi;
using Serai.Hypervisor.Records;

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
        ulong bit = BitOf(port);
        ulong before = Interlocked.Or(ref shared.EventPending[WordOf(port)], bit);
        if ((before & bit) == 0 && (Volatile.Read(in shared.EventMask[WordOf(port)]) & bit) == 0)
            Select(ref domain.Vcpu(domain.Events.At(port).Vcpu), port);
        if (domain.Events.HasPollers)
            Delivery.WakePollers(ref domain, port);
    }

    private static int WordOf(uint port) => unchecked((int)(port / 64));

    private static ulong BitOf(uint port) => 1ul << unchecked((int)port);

    /// <summary>Tells a virtual CPU that a word of pending bits has one set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Select(ref VirtualCpu vcpu, uint port)
    {
        ref VcpuInfo info = ref vcpu.Info.Value;
        ulong word = 1ul << WordOf(port);
        if ((Interlocked.Or(ref info.EventPendingSelector, word) & word) == 0)
            Delivery.Signal(ref vcpu);
    }

    /// <summary>Takes the mask off an open end, and tells it if it is pending.</summary>
    public static void Unmask(ref Domain domain, uint port)
    {
        ref SharedInfo shared = ref domain.SharedInfo.Value;
        Interlocked.And(ref shared.EventMask[WordOf(port)], ~BitOf(port));
        if ((Volatile.Read(in shared.EventPending[WordOf(port)]) & BitOf(port)) != 0)
            Select(ref domain.Vcpu(domain.Events.At(port).Vcpu), port);
    }

    /// <summary>Whether a port of this form is pending.</summary>
    public static bool IsPending(ref Domain domain, uint port) => IsSet(ref domain.SharedInfo.Value.EventPending, port);

    /// <summary>Whether a port of this form is masked.</summary>
    public static bool IsMasked(ref Domain domain, uint port) => IsSet(ref domain.SharedInfo.Value.EventMask, port);

    private static bool IsSet(ref EventWords words, uint port) => (Volatile.Read(in words[WordOf(port)]) & BitOf(port)) != 0;

    /// <summary>Forgets a pending event.</summary>
    public static void Clear(ref Domain domain, uint port)
        => Interlocked.And(ref domain.SharedInfo.Value.EventPending[WordOf(port)], ~BitOf(port));
}
