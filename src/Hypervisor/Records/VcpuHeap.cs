using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Serai.Machine.Memory;

namespace Serai.Hypervisor.Records;

/// <summary>The links of a virtual CPU in a heap.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HeapLinks
{
    private UntypedLink child, next, previous;

    /// <summary>The first child, or null.</summary>
    public Link<VirtualCpu> Child
    {
        readonly get => child.As<VirtualCpu>();
        set => child = value.Untyped;
    }

    /// <summary>The next sibling, or null.</summary>
    public Link<VirtualCpu> Next
    {
        readonly get => next.As<VirtualCpu>();
        set => next = value.Untyped;
    }

    /// <summary>The sibling before, the parent for a first child, or null.</summary>
    public Link<VirtualCpu> Previous
    {
        readonly get => previous.As<VirtualCpu>();
        set => previous = value.Untyped;
    }
}

/// <summary>What a heap of virtual CPUs is ordered by, and which of their links are its own.</summary>
public interface IHeapOrder
{
    /// <summary>Whether one comes before another.</summary>
    static abstract bool Precedes(in VirtualCpu one, in VirtualCpu other);

    /// <summary>The links.</summary>
    static abstract ref HeapLinks Links(ref VirtualCpu vcpu);
}

/// <summary>
/// Virtual CPUs in an order: a pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986), linked through the virtual CPUs themselves, so it needs no
/// memory of its own and has no limit. Joining and looking at the first take constant time, leaving takes the logarithm of their number on
/// average. Every one but the root comes behind its parent.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuHeap<TOrder>
    where TOrder : struct, IHeapOrder
{
    private Link<VirtualCpu> root;
    private ulong count;

    /// <summary>Bytes of a heap.</summary>
    public const ulong Bytes = 16;

    /// <summary>How many there are in it.</summary>
    public readonly uint Count => (uint)count;

    /// <summary>The first in order, or null.</summary>
    public readonly Link<VirtualCpu> First => root;

    /// <summary>Lets one join that is not in a heap of this order; among equals those who were there first stay before it.</summary>
    public void Insert(ref VirtualCpu vcpu)
    {
        // Who is in no heap has no links: Remove leaves none, and a new one has none.
        var link = Link<VirtualCpu>.To(ref vcpu);
        root = root.IsNull ? link : Meld(root, link);
        count++;
    }

    /// <summary>Takes out one that is in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(ref VirtualCpu vcpu)
    {
        // The only one has no links.
        if (count == 1)
            (root, count) = (default, 0);
        else
            RemoveFromMany(ref vcpu);
    }

    private void RemoveFromMany(ref VirtualCpu vcpu)
    {
        Link<VirtualCpu> children = TOrder.Links(ref vcpu).Child;
        if (!children.IsNull)
            children = Combine(children);
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
        TOrder.Links(ref vcpu).Child = default;
        Detach(Link<VirtualCpu>.To(ref vcpu));
        count--;
    }

    private static void CutOut(ref VirtualCpu vcpu)
    {
        Link<VirtualCpu> previous = TOrder.Links(ref vcpu).Previous, next = TOrder.Links(ref vcpu).Next;
        if (TOrder.Links(ref previous.Value).Child.Same(ref vcpu))
            TOrder.Links(ref previous.Value).Child = next;
        else
            TOrder.Links(ref previous.Value).Next = next;
        if (!next.IsNull)
            TOrder.Links(ref next.Value).Previous = previous;
    }

    /// <summary>Makes one heap of two whose roots have no siblings; returns its root.</summary>
    private static Link<VirtualCpu> Meld(Link<VirtualCpu> one, Link<VirtualCpu> other)
    {
        bool swap = TOrder.Precedes(other.Value, one.Value);
        Link<VirtualCpu> above = swap ? other : one, below = swap ? one : other;
        Link<VirtualCpu> sibling = TOrder.Links(ref above.Value).Child;
        TOrder.Links(ref below.Value).Next = sibling;
        TOrder.Links(ref below.Value).Previous = above;
        if (!sibling.IsNull)
            TOrder.Links(ref sibling.Value).Previous = below;
        TOrder.Links(ref above.Value).Child = below;
        return above;
    }

    /// <summary>Makes one heap of siblings; a single one is one already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Link<VirtualCpu> Combine(Link<VirtualCpu> first)
    {
        if (!TOrder.Links(ref first.Value).Next.IsNull)
            return CombineMany(first);
        TOrder.Links(ref first.Value).Previous = default;
        return first;
    }

    /// <summary>In pairs from the first to the last, then all pairs from the last to the first.</summary>
    private static Link<VirtualCpu> CombineMany(Link<VirtualCpu> first)
    {
        Link<VirtualCpu> pairs = default;
        while (!first.IsNull)
        {
            Link<VirtualCpu> one = first, other = TOrder.Links(ref one.Value).Next;
            first = other.IsNull ? default : TOrder.Links(ref other.Value).Next;
            Detach(one);
            Link<VirtualCpu> pair = one;
            if (!other.IsNull)
            {
                Detach(other);
                pair = Meld(one, other);
            }
            TOrder.Links(ref pair.Value).Next = pairs;
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
            pairs = TOrder.Links(ref pair.Value).Next;
            Detach(pair);
            result = result.IsNull ? pair : Meld(result, pair);
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Detach(Link<VirtualCpu> link)
    {
        TOrder.Links(ref link.Value).Next = default;
        TOrder.Links(ref link.Value).Previous = default;
    }

    /// <summary>The one after another in no particular order, for a walk over all from <see cref="First"/> on; null after the last.</summary>
    public static Link<VirtualCpu> After(Link<VirtualCpu> link)
    {
        Link<VirtualCpu> child = TOrder.Links(ref link.Value).Child;
        if (!child.IsNull)
            return child;
        while (!link.IsNull && TOrder.Links(ref link.Value).Next.IsNull)
            link = Parent(link);
        return link.IsNull ? default : TOrder.Links(ref link.Value).Next;
    }

    private static Link<VirtualCpu> Parent(Link<VirtualCpu> link)
    {
        Link<VirtualCpu> previous = TOrder.Links(ref link.Value).Previous;
        for (; !previous.IsNull; previous = TOrder.Links(ref link.Value).Previous)
        {
            if (TOrder.Links(ref previous.Value).Child.Same(link))
                return previous;
            link = previous;
        }
        return default;
    }
}
