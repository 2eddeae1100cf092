using System.Runtime.InteropServices;

using Serai.Hypervisor.Records;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Scheduling;

/// <summary>The virtual CPUs that wait for a processor, lowest <see cref="Turn.Key"/> first; among equals, lowest <see cref="Turn.Time"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RunQueue
{
    private readonly struct ByKey : IHeapOrder
    {
        public static bool Precedes(in VirtualCpu one, in VirtualCpu other)
        {
            long distance = unchecked((long)(one.Turn.Key - other.Turn.Key));
            return distance < 0 || (distance == 0 && VirtualTimes.Before(one.Turn.Time, other.Turn.Time));
        }

        public static ref Link<VirtualCpu> Child(ref VirtualCpu vcpu) => ref vcpu.QueueLinks.Child;

        public static ref Link<VirtualCpu> Next(ref VirtualCpu vcpu) => ref vcpu.QueueLinks.Next;

        public static ref Link<VirtualCpu> Previous(ref VirtualCpu vcpu) => ref vcpu.QueueLinks.Previous;
    }

    private VcpuHeap<ByKey> heap;

    /// <summary>How many wait.</summary>
    public readonly uint Count => heap.Count;

    /// <summary>The one with the lowest key, or null.</summary>
    public readonly Link<VirtualCpu> First => heap.First;

    /// <summary>Whether nobody waits.</summary>
    public readonly bool IsEmpty => heap.First.IsNull;

    /// <summary>Lets one that waits nowhere join; among equals those who were there first stay before it.</summary>
    public void Insert(ref VirtualCpu vcpu)
    {
        vcpu.Turn.IsQueued = true;
        heap.Insert(ref vcpu);
    }

    /// <summary>Takes out one that waits here.</summary>
    public void Remove(ref VirtualCpu vcpu)
    {
        heap.Remove(ref vcpu);
        vcpu.Turn.IsQueued = false;
    }

    /// <summary>Gives the first of all a later key.</summary>
    public void Delay(ref VirtualCpu first, ulong key)
    {
        if (heap.Count == 1)
        {
            first.Turn.Key = key;
            return;
        }
        heap.Remove(ref first);
        first.Turn.Key = key;
        heap.Insert(ref first);
    }

    /// <summary>The one after another in no particular order, for a walk over all from <see cref="First"/> on; null after the last.</summary>
    public static Link<VirtualCpu> After(Link<VirtualCpu> link) => VcpuHeap<ByKey>.After(link);
}
