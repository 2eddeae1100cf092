using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>What one port is, by the model.</summary>
internal sealed class PortModel
{
    public EventChannelState State { get; set; }
    public uint Vcpu { get; set; }
    public ushort Domain { get; set; }
    public uint Number { get; set; }
    public bool IsHypervisor { get; init; }
    public uint Priority { get; set; } = 7;
}

/// <summary>
/// Event channels of one domain as the public headers tell them, with none of the hypervisor's tables: sets of numbers and lists. The lists are the
/// FIFO queues in the order in which a guest must find them.
/// </summary>
internal sealed class DomainModel(ushort id, uint vcpus)
{
    private readonly bool[] controls = new bool[vcpus];

    public ushort Id { get; } = id;
    public uint Vcpus { get; } = vcpus;
    public bool IsAlive { get; set; } = true;
    public SortedDictionary<uint, PortModel> Ports { get; } = [];
    public HashSet<uint> Pending { get; } = [];
    public HashSet<uint> Masked { get; } = [];
    public HashSet<uint> Waiting { get; } = [];
    public HashSet<uint> Linked { get; } = [];
    public Dictionary<(uint Vcpu, uint Priority), List<uint>> Queues { get; } = [];
    public bool IsFifo { get; private set; }
    public uint WordPages { get; private set; }

    private bool HasWord(uint port) => port / 1024 < WordPages;

    /// <summary>The state of a port, closed for one that there is not.</summary>
    public EventChannelState StateOf(uint port) => Ports.TryGetValue(port, out PortModel? end) ? end.State : EventChannelState.Closed;

    /// <summary>Opens an end at the lowest port that is closed and in no queue.</summary>
    public uint Open(PortModel end)
    {
        uint port = 1;
        while (Ports.ContainsKey(port) || Linked.Contains(port))
            port++;
        Ports[port] = end;
        return port;
    }

    /// <summary>Closes an end. A port in a queue stays there.</summary>
    public void Forget(uint port)
    {
        Ports.Remove(port);
        Pending.Remove(port);
        Waiting.Remove(port);
    }

    /// <summary>An event for an open end.</summary>
    public void Raise(uint port)
    {
        if (IsFifo && !HasWord(port))
        {
            Waiting.Add(port);
            return;
        }
        Pending.Add(port);
        PortModel end = Ports[port];
        if (!IsFifo || Masked.Contains(port) || !controls[end.Vcpu] || !Linked.Add(port))
            return;
        if (!Queues.TryGetValue((end.Vcpu, end.Priority), out List<uint>? queue))
            Queues[(end.Vcpu, end.Priority)] = queue = [];
        queue.Add(port);
    }

    /// <summary>The mask is taken off by hypercall.</summary>
    public void Unmask(uint port)
    {
        if (IsFifo && !HasWord(port))
            return;
        Masked.Remove(port);
        if (Pending.Contains(port))
            Raise(port);
    }

    /// <summary>A control block for a virtual CPU; the first chooses the form.</summary>
    public Errno Control(uint vcpu)
    {
        if (vcpu >= Vcpus)
            return Errno.NoEnt;
        if (controls[vcpu])
            return Errno.Inval;
        controls[vcpu] = true;
        if (IsFifo)
            return Errno.None;
        IsFifo = true;
        Waiting.UnionWith(Pending);
        Pending.Clear();
        Masked.Clear();
        return Errno.None;
    }

    /// <summary>Another page of event words, all masked or none.</summary>
    public Errno Expand(bool masked)
    {
        if (!IsFifo)
            return Errno.OpNotSupp;
        uint first = 1024 * WordPages++;
        if (masked)
            Masked.UnionWith(Enumerable.Range((int)first, 1024).Select(it => (uint)it));
        foreach (uint port in Waiting.Where(it => it / 1024 == first / 1024).Order().ToArray())
        {
            Waiting.Remove(port);
            Raise(port);
        }
        return Errno.None;
    }

    /// <summary>All ends but the hypervisor's are closed already: the two-level form again, with the masks that it had.</summary>
    public void Leave(IEnumerable<uint> masks)
    {
        if (!IsFifo)
            return;
        IsFifo = false;
        WordPages = 0;
        controls.AsSpan().Clear();
        foreach (HashSet<uint> set in new[] { Pending, Masked, Waiting, Linked })
            set.Clear();
        Queues.Clear();
        Masked.UnionWith(masks);
    }

    /// <summary>What a guest finds that looks on one virtual CPU (FIFO), in order, or on all (two-level).</summary>
    public List<uint> Take(uint vcpu)
    {
        List<uint> found = IsFifo
            ? [.. Queues.Where(it => it.Key.Vcpu == vcpu).OrderBy(it => it.Key.Priority).SelectMany(it => it.Value)]
            : [.. Pending.Order()];
        if (IsFifo)
        {
            Linked.ExceptWith(found);
            foreach (List<uint> queue in Queues.Where(it => it.Key.Vcpu == vcpu).Select(it => it.Value))
                queue.Clear();
        }
        List<uint> told = [.. found.Where(it => Pending.Contains(it) && !Masked.Contains(it))];
        Pending.ExceptWith(told);
        return told;
    }
}
