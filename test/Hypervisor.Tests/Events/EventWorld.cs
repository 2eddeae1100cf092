using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Events;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Events;

/// <summary>What a step of a history does; numbers beside it choose its arguments.</summary>
internal enum EventDeed
{
    Allocate,
    BindInterdomain,
    BindVirq,
    BindIpi,
    BindVcpu,
    SetPriority,
    Close,
    Send,
    RaiseVirq,
    Mask,
    Unmask,
    Take,
    Status,
    Control,
    Expand,
    Reset,
    Die,
}

/// <summary>One step of a history.</summary>
internal readonly record struct EventStep(EventDeed Deed, int Guest, uint A, uint B)
{
    /// <summary>Out of two thousand or so, by deed.</summary>
    private static readonly int[] weights = [120, 200, 40, 40, 60, 60, 80, 500, 100, 100, 200, 200, 80, 20, 30, 5, 1];

    /// <summary>A step by chance.</summary>
    public static EventStep Draw(Random random)
    {
        int choice = random.Next(weights.Sum()), deed = 0;
        while ((choice -= weights[deed]) >= 0)
            deed++;
        return new((EventDeed)deed, random.Next(3), (uint)random.Next(), (uint)random.Next());
    }
}

/// <summary>Three domains of two virtual CPUs and a model of each; every answer is compared.</summary>
internal sealed class EventWorld
{
    private const uint Vcpus = 2;

    private readonly List<TinyGuest> guests = [];
    private readonly List<ConsumingGuest> consumers = [];
    private readonly List<DomainModel> models = [];
    private readonly List<HashSet<uint>> masks = [[], [], []];
    private readonly Table<ulong> recount;
    private readonly LateCaller late = new();

    /// <summary>How many events guests were told of, by form.</summary>
    public int ToldTwoLevel { get; private set; }

    /// <summary>How many in the FIFO form.</summary>
    public int ToldFifo { get; private set; }

    public EventWorld()
    {
        TestMachine.Start();
        Assert.True(FrameAllocator.TryTake(3, out Mfn memory));
        recount = new Table<ulong>(memory.Address, FrameTable.All.Length);
        foreach (string name in (string[])["one", "two", "three"])
        {
            var guest = new TinyGuest(name, vcpus: Vcpus);
            guests.Add(guest);
            consumers.Add(new ConsumingGuest(guest));
            var model = new DomainModel(guest.Id, Vcpus);
            // The xenstore's and the console's.
            model.Open(new PortModel { State = EventChannelState.Unbound, Domain = DomainIds.Xen, IsHypervisor = true });
            model.Open(new PortModel { State = EventChannelState.Unbound, Domain = DomainIds.Xen, IsHypervisor = true });
            models.Add(model);
            guest.Domain.SharedInfo.Value.EventPending.AsSpan().Clear();
        }
    }

    private DomainModel? Alive(ushort id) => models.Find(it => it.Id == id && it.IsAlive);

    private static uint PickPort(DomainModel model, uint number)
    {
        uint[] ports = [.. model.Ports.Keys];
        return number % 8 == 0
            ? (number / 8) switch { 0 => 0, var it when it % 3 == 0 => uint.MaxValue, var it => it % 80 } : ports[number / 8 % ports.Length];
    }

    /// <summary>Does a step on both sides.</summary>
    public void Do(EventStep step)
    {
        DomainModel model = models[step.Guest];
        if (step.A % 4 == 0)
            TearDown();
        if (!model.IsAlive)
            return;
        TinyGuest guest = guests[step.Guest];
        if (!LoadedVcpus.All[0].Same(ref guest.Vcpu))
            guest.Enter();
        uint port = PickPort(model, step.A);
        switch (step.Deed)
        {
            case EventDeed.Allocate: Allocate(guest, model, models[(int)(step.A % 3)].Id); break;
            case EventDeed.BindInterdomain: BindInterdomain(guest, model, models[(int)(step.A % 3)], step.B); break;
            case EventDeed.BindVirq: BindVirq(guest, model, step.A % 26, step.B % 3); break;
            case EventDeed.BindIpi: BindIpi(guest, model, step.A % 3); break;
            case EventDeed.BindVcpu: Same(BindVcpu(model, port, step.B % 3), Ask(guest, EventChannelCommand.BindVcpu,
                new EventBindVcpu { Port = port, Vcpu = step.B % 3 }).Error); break;
            case EventDeed.SetPriority: Same(SetPriority(model, port, step.B % 18), Ask(guest, EventChannelCommand.SetPriority,
                new EventSetPriority { Port = port, Priority = step.B % 18 }).Error); break;
            case EventDeed.Close: Same(Close(model, port), Ask(guest, EventChannelCommand.Close, new EventClose { Port = port }).Error); break;
            case EventDeed.Send: Same(Send(model, port), Ask(guest, EventChannelCommand.Send, new EventSend { Port = port }).Error); break;
            case EventDeed.RaiseVirq: RaiseVirq(guest, model, step.A % 24, step.B % Vcpus); break;
            case EventDeed.Mask: Mask(step.Guest, port); break;
            case EventDeed.Unmask: Unmask(step.Guest, port); break;
            case EventDeed.Take: Take(step.Guest, step.A % Vcpus); break;
            case EventDeed.Status: CompareStatus(guest, model, port); break;
            case EventDeed.Control: Same(model.Control(step.A % 3), consumers[step.Guest].InitControl(step.A % 3)); break;
            case EventDeed.Expand: Expand(step.Guest, step.A % 2 == 0); break;
            case EventDeed.Reset: Reset(step.Guest); break;
            case EventDeed.Die: Die(step.Guest); break;
        }
    }

    private static void Same(Errno expected, Errno actual) => Assert.Equal(expected, actual);

    private static (Errno Error, T Record) Ask<T>(TinyGuest guest, EventChannelCommand command, T record) where T : unmanaged
    {
        (long result, T back) = guest.Ask(Hypercall.EventChannelOp, (ulong)command, record);
        return ((Errno)(-result), back);
    }

    private static void Allocate(TinyGuest guest, DomainModel model, ushort remote)
    {
        var (error, made) = Ask(guest, EventChannelCommand.AllocUnbound, new EventAllocUnbound { Domain = DomainIds.Self, RemoteDomain = remote });
        Same(Errno.None, error);
        Assert.Equal(model.Open(new PortModel { State = EventChannelState.Unbound, Domain = remote }), made.Port);
    }

    private void BindInterdomain(TinyGuest guest, DomainModel model, DomainModel remote, uint number)
    {
        uint[] kept = [.. remote.Ports.Where(it => it.Value.State == EventChannelState.Unbound && it.Value.Domain == model.Id).Select(it => it.Key)];
        uint port = kept.Length > 0 && number % 4 != 0 ? kept[number / 4 % kept.Length] : PickPort(remote.IsAlive ? remote : model, number / 4);
        var (error, bound) = Ask(guest, EventChannelCommand.BindInterdomain,
            new EventBindInterdomain { RemoteDomain = remote.Id, RemotePort = port });
        Same(!remote.IsAlive ? Errno.Srch : kept.Contains(port) ? Errno.None : Errno.Inval, error);
        if (error != Errno.None)
            return;
        uint local = model.Open(new PortModel { State = EventChannelState.Interdomain, Domain = remote.Id, Number = port });
        Assert.Equal(local, bound.LocalPort);
        PortModel far = remote.Ports[port];
        (far.State, far.Domain, far.Number) = (EventChannelState.Interdomain, model.Id, local);
        model.Raise(local);
    }

    private static bool IsPerVcpu(uint virq) => virq is 0 or 1 or 7 or 13;

    private static void BindVirq(TinyGuest guest, DomainModel model, uint virq, uint vcpu)
    {
        bool bound = model.Ports.Values.Any(it => it.State == EventChannelState.Virq && it.Number == virq && (!IsPerVcpu(virq) || it.Vcpu == vcpu));
        Errno expected = virq >= 24 || (!IsPerVcpu(virq) && vcpu != 0) ? Errno.Inval : vcpu >= Vcpus ? Errno.NoEnt : bound ? Errno.Exist : Errno.None;
        var (error, made) = Ask(guest, EventChannelCommand.BindVirq, new EventBindVirq { Virq = (Virq)virq, Vcpu = vcpu });
        Same(expected, error);
        if (error == Errno.None)
            Assert.Equal(model.Open(new PortModel { State = EventChannelState.Virq, Vcpu = vcpu, Number = virq }), made.Port);
    }

    private static void RaiseVirq(TinyGuest guest, DomainModel model, uint virq, uint vcpu)
    {
        VirtualInterrupts.Raise(ref guest.Domain, (Virq)virq, IsPerVcpu(virq) ? vcpu : 0);
        foreach ((uint port, PortModel end) in model.Ports)
        {
            if (end.State == EventChannelState.Virq && end.Number == virq && (!IsPerVcpu(virq) || end.Vcpu == vcpu))
                model.Raise(port);
        }
    }

    private static void BindIpi(TinyGuest guest, DomainModel model, uint vcpu)
    {
        var (error, made) = Ask(guest, EventChannelCommand.BindIpi, new EventBindIpi { Vcpu = vcpu });
        Same(vcpu < Vcpus ? Errno.None : Errno.NoEnt, error);
        if (error == Errno.None)
            Assert.Equal(model.Open(new PortModel { State = EventChannelState.Ipi, Vcpu = vcpu }), made.Port);
    }

    private static Errno BindVcpu(DomainModel model, uint port, uint vcpu)
    {
        if (vcpu >= Vcpus)
            return Errno.NoEnt;
        if (model.StateOf(port) is EventChannelState.Closed or EventChannelState.Ipi
            || (model.StateOf(port) == EventChannelState.Virq && IsPerVcpu(model.Ports[port].Number)))
            return Errno.Inval;
        model.Ports[port].Vcpu = vcpu;
        return Errno.None;
    }

    private static Errno SetPriority(DomainModel model, uint port, uint priority)
    {
        if (model.StateOf(port) == EventChannelState.Closed)
            return Errno.Inval;
        if (!model.IsFifo)
            return Errno.NoSys;
        if (priority > 15)
            return Errno.Inval;
        model.Ports[port].Priority = priority;
        return Errno.None;
    }

    private Errno Close(DomainModel model, uint port)
    {
        if (model.StateOf(port) == EventChannelState.Closed || model.Ports[port].IsHypervisor)
            return Errno.Inval;
        CloseOne(model, port);
        return Errno.None;
    }

    private void CloseOne(DomainModel model, uint port)
    {
        PortModel end = model.Ports[port];
        model.Forget(port);
        if (end.State == EventChannelState.Interdomain && Alive(end.Domain) is { } remote)
            (remote.Ports[end.Number].State, remote.Ports[end.Number].Domain) = (EventChannelState.Unbound, model.Id);
    }

    private Errno Send(DomainModel model, uint port)
    {
        switch (model.StateOf(port))
        {
            case EventChannelState.Interdomain: Alive(model.Ports[port].Domain)!.Raise(model.Ports[port].Number); return Errno.None;
            case EventChannelState.Ipi: model.Raise(port); return Errno.None;
            case EventChannelState.Unbound: return Errno.None;
            default: return Errno.Inval;
        }
    }

    private void Mask(int index, uint port)
    {
        if (models[index].StateOf(port) == EventChannelState.Closed || !consumers[index].Mask(port))
            return;
        models[index].Masked.Add(port);
        if (!models[index].IsFifo)
            masks[index].Add(port);
    }

    private void Unmask(int index, uint port)
    {
        Errno error = Ask(guests[index], EventChannelCommand.Unmask, new EventUnmask { Port = port }).Error;
        Same(models[index].StateOf(port) == EventChannelState.Closed ? Errno.Inval : Errno.None, error);
        if (error != Errno.None)
            return;
        if (!models[index].IsFifo)
            masks[index].Remove(port);
        models[index].Unmask(port);
    }

    /// <summary>In the two-level form a virtual CPU also finds what another was told of in the same word; so all look.</summary>
    private void Take(int index, uint vcpu)
    {
        List<uint> told = models[index].IsFifo ? consumers[index].Take(vcpu) : [.. consumers[index].Take(0), .. consumers[index].Take(1)];
        if (models[index].IsFifo)
            ToldFifo += told.Count;
        else
            ToldTwoLevel += told.Count;
        Assert.Equal(models[index].Take(vcpu), models[index].IsFifo ? told : told.Order());
    }

    private static void CompareStatus(TinyGuest guest, DomainModel model, uint port)
    {
        var (error, status) = Ask(guest, EventChannelCommand.Status, new EventStatus { Domain = DomainIds.Self, Port = port });
        Same(port >= (model.IsFifo ? 1u << 17 : 4096) ? Errno.Inval : Errno.None, error);
        if (error != Errno.None)
            return;
        Assert.Equal(model.StateOf(port), status.State);
        if (!model.Ports.TryGetValue(port, out PortModel? end))
            return;
        Assert.Equal(end.Vcpu, status.Vcpu);
        if (end.State is EventChannelState.Interdomain or EventChannelState.Unbound)
            Assert.Equal(end.Domain, status.InterdomainDomain);
        if (end.State == EventChannelState.Interdomain)
            Assert.Equal(end.Number, status.InterdomainPort);
        if (end.State == EventChannelState.Virq)
            Assert.Equal(end.Number, (uint)status.Virq);
    }

    private void Expand(int index, bool masked)
    {
        if (models[index].WordPages < ConsumingGuest.WordPages)
            Same(models[index].Expand(masked), consumers[index].Expand(masked));
    }

    private void Reset(int index)
    {
        Same(Errno.None, Ask(guests[index], EventChannelCommand.Reset, new EventReset { Domain = DomainIds.Self }).Error);
        foreach (uint port in models[index].Ports.Where(it => !it.Value.IsHypervisor).Select(it => it.Key).ToArray())
            CloseOne(models[index], port);
        bool wasFifo = models[index].IsFifo;
        models[index].Leave(masks[index]);
        if (!wasFifo)
            return;
        consumers[index].Forget();
        foreach (uint vcpu in (uint[])[0, 1])
            (guests[index].Domain.Vcpu(vcpu).Info.Value.EventPendingSelector, guests[index].Domain.Vcpu(vcpu).Info.Value.EventUpcallPending) = (0, 0);
    }

    private void Die(int index)
    {
        models[index].IsAlive = false;
        foreach (uint port in models[index].Ports.Keys.ToArray())
            CloseOne(models[index], port);
        DomainLife.ShutDown(ref guests[index].Domain, ShutdownReason.Crash);
        TearDown();
    }

    /// <summary>
    /// One slice of the teardown of those that are dying, whose callers come too late: before it, and in every phase, they ask for more.
    /// </summary>
    private void TearDown()
    {
        for (int index = 0; index < guests.Count; index++)
        {
            if (!models[index].IsAlive && guests[index].IsOf(models[index].Id))
                late.Call(guests[index], models[(index + 1) % models.Count].Id);
        }
        Teardown.Step(ref TestMachine.Processor);
    }

    /// <summary>Nothing is left of those that have died.</summary>
    public void End()
    {
        for (int turn = 0; turn < 40; turn++)
            TearDown();
        Assert.All(models.Where(model => !model.IsAlive), model => Assert.False(DomainTable.TryFind(model.Id, out _)));
    }

    /// <summary>All states agree, nobody has work without an upcall, and the frames' counts are what a walk finds.</summary>
    public void Look()
    {
        for (int index = 0; index < guests.Count; index++)
        {
            if (!models[index].IsAlive)
                continue;
            guests[index].Enter();
            for (uint port = 0; port < 90; port++)
                CompareStatus(guests[index], models[index], port);
            foreach (((uint vcpu, _), List<uint> queue) in models[index].Queues)
                Assert.True(queue.Count == 0 || guests[index].Domain.Vcpu(vcpu).Info.Value.EventUpcallPending == 1, "a queue without an upcall");
            Assert.Equal((uint)models[index].Ports.Count, guests[index].Domain.Events.OpenCount);
        }
        Assert.Equal(0ul, InvariantWalk.Count(recount, out _));
    }
}
