using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Scheduling;

/// <summary>Everyone in turn, for 10 ms at most; who wakes joins at the end.</summary>
public readonly struct RoundRobin : ISchedulingPolicy
{
    private const ulong Slice = 10_000_000;

    private static Link<VirtualCpu> first;
    private static Link<VirtualCpu> last;

    /// <inheritdoc/>
    public static void Enqueue(ref VirtualCpu vcpu)
    {
        Link<VirtualCpu> link = Link<VirtualCpu>.To(ref vcpu);
        vcpu.QueueNext = default;
        vcpu.IsQueued = true;
        if (first.IsNull)
            first = link;
        else
            last.Value.QueueNext = link;
        last = link;
    }

    /// <inheritdoc/>
    public static void Remove(ref VirtualCpu vcpu)
    {
        Link<VirtualCpu> previous = default;
        for (Link<VirtualCpu> link = first; !link.IsNull; previous = link, link = link.Value.QueueNext)
        {
            if (!link.Same(ref vcpu))
                continue;
            if (previous.IsNull)
                first = vcpu.QueueNext;
            else
                previous.Value.QueueNext = vcpu.QueueNext;
            if (last.Same(link))
                last = previous;
            break;
        }
        vcpu.QueueNext = default;
        vcpu.IsQueued = false;
    }

    /// <inheritdoc/>
    public static bool TryTakeNext(out Link<VirtualCpu> next, out ulong slice)
    {
        next = first;
        slice = Slice;
        if (first.IsNull)
            return false;
        first = first.Value.QueueNext;
        if (first.IsNull)
            last = default;
        next.Value.QueueNext = default;
        next.Value.IsQueued = false;
        return true;
    }

    /// <inheritdoc/>
    public static bool Preempts(ref VirtualCpu woken, ref VirtualCpu running) => false;

    /// <summary>The head of the queue, for the debug keys.</summary>
    public static Link<VirtualCpu> First => first;

    /// <summary>Empties the queue, for tests that begin anew.</summary>
    public static void Reset() => first = last = default;
}
