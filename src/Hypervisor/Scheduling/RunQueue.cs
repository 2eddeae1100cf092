using System.Runtime.InteropServices;

using Serai.Hypervisor.Domains;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Scheduling;

/// <summary>
/// The virtual CPUs that wait for a processor, lowest <see cref="Turn.Key"/> first: a pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986),
/// linked through the virtual CPUs themselves, so it needs no memory of its own and has no limit. Joining and looking at the first take constant
/// time, leaving takes the logarithm of their number on average. Every one but the root comes behind its parent.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct RunQueue
{
    private Link<VirtualCpu> root;

    /// <summary>How many wait.</summary>
    public uint Count { get; private set; }

    /// <summary>The one with the lowest key, or null.</summary>
    public readonly Link<VirtualCpu> First => root;

    /// <summary>Whether nobody waits.</summary>
    public readonly bool IsEmpty => root.IsNull;

    /// <summary>Whether a key comes before another.</summary>
    public static bool Before(ulong key, ulong other) => unchecked((long)(key - other)) < 0;

    /// <summary>Lets one that waits nowhere join; among equal keys those who were there first stay before it.</summary>
    public void Insert(ref VirtualCpu vcpu)
    {
        vcpu.QueueChild = vcpu.QueueNext = vcpu.QueuePrevious = default;
        vcpu.Turn.IsQueued = true;
        var link = Link<VirtualCpu>.To(ref vcpu);
        root = root.IsNull ? link : Meld(root, link);
        Count++;
    }

    /// <summary>Takes out one that waits here.</summary>
    public void Remove(ref VirtualCpu vcpu)
    {
        Link<VirtualCpu> children = Combine(vcpu.QueueChild);
        if (root.Same(ref vcpu))
        {
            root = children;
        }
        else
        {
            CutOut(ref vcpu);
            if (!children.IsNull)
                root = Meld(root, children);
        }
        vcpu.QueueChild = vcpu.QueueNext = vcpu.QueuePrevious = default;
        vcpu.Turn.IsQueued = false;
        Count--;
    }

    private static void CutOut(ref VirtualCpu vcpu)
    {
        ref VirtualCpu previous = ref vcpu.QueuePrevious.Value;
        if (previous.QueueChild.Same(ref vcpu))
            previous.QueueChild = vcpu.QueueNext;
        else
            previous.QueueNext = vcpu.QueueNext;
        if (!vcpu.QueueNext.IsNull)
            vcpu.QueueNext.Value.QueuePrevious = vcpu.QueuePrevious;
    }

    /// <summary>Makes one heap of two whose roots have no siblings; returns its root.</summary>
    private static Link<VirtualCpu> Meld(Link<VirtualCpu> one, Link<VirtualCpu> other)
    {
        bool swap = Before(other.Value.Turn.Key, one.Value.Turn.Key);
        Link<VirtualCpu> above = swap ? other : one, below = swap ? one : other;
        ref VirtualCpu child = ref below.Value;
        child.QueueNext = above.Value.QueueChild;
        child.QueuePrevious = above;
        if (!child.QueueNext.IsNull)
            child.QueueNext.Value.QueuePrevious = below;
        above.Value.QueueChild = below;
        return above;
    }

    /// <summary>Makes one heap of siblings: in pairs from the first to the last, then all pairs from the last to the first.</summary>
    private static Link<VirtualCpu> Combine(Link<VirtualCpu> first)
    {
        Link<VirtualCpu> pairs = default;
        while (!first.IsNull)
        {
            Link<VirtualCpu> one = first, other = one.Value.QueueNext;
            first = other.IsNull ? default : other.Value.QueueNext;
            Detach(one);
            Link<VirtualCpu> pair = one;
            if (!other.IsNull)
            {
                Detach(other);
                pair = Meld(one, other);
            }
            pair.Value.QueueNext = pairs;
            pairs = pair;
        }
        return Gather(pairs);
    }

    private static Link<VirtualCpu> Gather(Link<VirtualCpu> pairs)
    {
        Link<VirtualCpu> result = default;
        while (!pairs.IsNull)
        {
            Link<VirtualCpu> pair = pairs;
            pairs = pair.Value.QueueNext;
            Detach(pair);
            result = result.IsNull ? pair : Meld(result, pair);
        }
        return result;
    }

    private static void Detach(Link<VirtualCpu> link) => link.Value.QueueNext = link.Value.QueuePrevious = default;

    /// <summary>The one after another in no particular order, for a walk over all from <see cref="First"/> on; null after the last.</summary>
    public static Link<VirtualCpu> After(Link<VirtualCpu> link)
    {
        if (!link.Value.QueueChild.IsNull)
            return link.Value.QueueChild;
        while (!link.IsNull && link.Value.QueueNext.IsNull)
            link = Parent(link);
        return link.IsNull ? default : link.Value.QueueNext;
    }

    private static Link<VirtualCpu> Parent(Link<VirtualCpu> link)
    {
        while (!link.Value.QueuePrevious.IsNull)
        {
            Link<VirtualCpu> previous = link.Value.QueuePrevious;
            if (previous.Value.QueueChild.Same(link))
                return previous;
            link = previous;
        }
        return default;
    }
}
