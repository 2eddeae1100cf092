using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>
/// XENMEM_exchange of 2 MiB stops half-way in its chunk: all of it comes to its end or nothing does, the domain never has more than its limit, and
/// what is on its way is lost neither with the domain nor with a guest that does not go on.
/// </summary>
public sealed class ExchangeTests
{
    private const int Large = 9, Count = 1 << Large, ListPages = 4, FirstList = 100, FirstPfn = 5000;

    private readonly TinyGuest guest;
    private readonly Mfn lists;
    private int stops;

    public ExchangeTests()
    {
        TestMachine.Start(mebibytes: 32);
        guest = Make("one");
        guest.Enter();
        Assert.True(Allocations.TryGive(ref guest.Domain, 2, 64, out lists));
        for (int page = 0; page < ListPages; page++)
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, ListAt(page), TinyGuest.Entry(lists.Plus((ulong)page), writable: true)));
    }

    private static TinyGuest Make(string name) => new(name, vcpus: 2, spare: 2 * Count + ListPages);

    private static ulong ListAt(int page) => TinyGuest.AddressOf(FirstList + page);

    private Span<ulong> List(int page) => Arena.Words(lists.Plus((ulong)page));

    private static IEnumerable<Mfn> FramesOf(Mfn block) => Enumerable.Range(0, Count).Select(index => block.Plus((ulong)index));

    private static Mfn Block(ref Domain domain, int order)
    {
        Assert.True(Allocations.TryGive(ref domain, order, 64, out Mfn block));
        return block;
    }

    /// <summary>The inputs of a chunk, in the list that is page 0 or 2: a block, or single frames.</summary>
    private Mfn[] Inputs(int page, int order)
    {
        Mfn[] inputs = order == Large
            ? [.. FramesOf(Block(ref guest.Domain, Large))] : [.. Enumerable.Range(0, Count).Select(_ => Block(ref guest.Domain, 0))];
        for (int index = 0; index < Count >> order; index++)
            List(page)[index] = inputs[index << order].Value;
        for (int index = 0; index < Count; index++)
            List(page + 1)[index] = FirstPfn + (ulong)index;
        return inputs;
    }

    private static MemoryExchange Record(int page, int order, ushort domain = DomainIds.Self)
    {
        var exchange = new MemoryExchange();
        (exchange.In.ExtentStart, exchange.Out.ExtentStart) = (ListAt(page), ListAt(page + 1));
        (exchange.In.ExtentOrder, exchange.Out.ExtentOrder) = ((uint)order, (uint)(Large - order));
        (exchange.In.ExtentCount, exchange.Out.ExtentCount) = (1ul << (Large - order), 1ul << order);
        exchange.In.Domain = exchange.Out.Domain = domain;
        return exchange;
    }

    private static long Exchange(ref VirtualCpu vcpu, in MemoryExchange exchange, int place = TinyGuest.RecordFrame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(place), exchange);
        return TinyGuest.Call(ref vcpu, Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, TinyGuest.AddressOf(place));
    }

    /// <summary>The same, where something happens at a stop, once; every part keeps to its share, and the books agree between all.</summary>
    private long ExchangeStopping(in MemoryExchange exchange, int at = 1, Action? then = null)
    {
        const long mostOver = 100_000;
        stops = 0;
        TinyGuest.WhileStopped = () =>
        {
            long left = Preemption.Left;
            Assert.True(left > -mostOver, $"a part was {-left} over its share");
            Assert.Equal([], FrameOracle.Look(null));
            if (++stops == at)
                then?.Invoke();
        };
        try
        {
            return Exchange(ref guest.Vcpu, exchange);
        }
        finally
        {
            TinyGuest.WhileStopped = null;
            Assert.Equal([], FrameOracle.Look(null));
        }
    }

    private void OutputsAreThere(int page, int order)
    {
        for (int index = 0; index < Count; index++)
        {
            int extent = index >> (Large - order);
            Mfn frame = new Mfn(List(page + 1)[extent]).Plus((ulong)(index - (extent << (Large - order))));
            Assert.Equal((guest.Id, 1u), (FrameTable.Of(frame).Owner, FrameTable.Of(frame).Count));
            ulong place = (ulong)(index - (extent << (Large - order)));
            Assert.Equal(FirstPfn + (ulong)extent + place, MachineToPhysical.Get(frame));
            Assert.Equal(-1, Arena.Words(frame).IndexOfAnyExcept(0ul));
        }
    }

    private static void AreFree(IEnumerable<Mfn> frames) => Assert.All(frames, frame =>
    {
        Assert.Equal(DomainIds.Invalid, FrameTable.Of(frame).Owner);
        Assert.Equal(MachineToPhysical.Invalid, MachineToPhysical.Get(frame));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(Large)]
    public void AChunkIsExchangedInParts(int order)
    {
        Mfn[] inputs = Inputs(0, order);
        (ulong pages, ulong free) = (guest.Domain.Memory.GuestPages, FrameAllocator.FreeCount);
        foreach (Mfn frame in inputs)
            Arena.Words(frame).Fill(1);
        Assert.Equal(0, ExchangeStopping(Record(0, order), 1, () => Assert.Equal(pages, guest.Domain.Memory.CountedPages)));
        Assert.InRange(stops, 1, 3);
        Assert.Equal(Record(0, order).In.ExtentCount, TinyGuest.Load<MemoryExchange>(TinyGuest.AddressOf(TinyGuest.RecordFrame)).ExchangedCount);
        Assert.Equal((pages, free, 0ul), (guest.Domain.Memory.GuestPages, FrameAllocator.FreeCount, guest.Domain.Memory.Exchanging));
        OutputsAreThere(0, order);
        AreFree(inputs);
    }

    /// <summary>The last input is mapped, or one is named twice; the list of outputs ends where nothing is; no frame is so low.</summary>
    [Theory]
    [InlineData(0, -(long)Errno.Inval)]
    [InlineData(1, -(long)Errno.Inval)]
    [InlineData(2, -(long)Errno.Fault)]
    [InlineData(3, -(long)Errno.NoMem)]
    public void WhatCannotBeExchangedWhollyIsNotAtAll(int fault, long expected)
    {
        int order = fault == 2 ? Large : 0;
        Mfn[] inputs = Inputs(0, order);
        MemoryExchange exchange = Record(0, order);
        switch (fault)
        {
            case 0: List(0)[Count - 1] = guest.Frames[20].Value; break;
            case 1: List(0)[Count - 1] = List(0)[3]; break;
            case 2: exchange.Out.ExtentStart = ListAt(ListPages) - (Count - 1) * 8; break;
            default: exchange.Out.Flags = (MemoryFlags)13; break;
        }
        foreach (Mfn frame in inputs)
            MachineToPhysical.Set(frame, 77);
        (ulong pages, ulong free) = (guest.Domain.Memory.GuestPages, FrameAllocator.FreeCount);
        Assert.Equal(expected, ExchangeStopping(exchange));
        Assert.Equal((pages, pages, free), (guest.Domain.Memory.GuestPages, guest.Domain.Memory.CountedPages, FrameAllocator.FreeCount));
        Assert.All(inputs, frame => Assert.Equal((guest.Id, 77ul), (FrameTable.Of(frame).Owner, MachineToPhysical.Get(frame))));
    }

    /// <summary>What it is to get is no room for more, whichever way it asks.</summary>
    [Fact]
    public void WhatIsOnItsWayCountsAgainstTheLimit()
    {
        Inputs(0, Large);
        guest.Domain.Memory.MaximumPages = guest.Domain.Memory.GuestPages;
        bool asked = false;
        Assert.Equal(0, ExchangeStopping(Record(0, Large), 1, () =>
        {
            Assert.True(guest.Domain.Memory.GuestPages < guest.Domain.Memory.MaximumPages);
            ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame + 1);
            TinyGuest.Store(place, new MemoryReservation { ExtentCount = 1, Domain = DomainIds.Self });
            Assert.Equal(0, TinyGuest.Call(ref guest.Domain.Vcpu(1), Hypercall.MemoryOp, (ulong)MemoryCommand.IncreaseReservation, place));
            asked = true;
        }));
        Assert.True(asked);
        Assert.Equal(guest.Domain.Memory.MaximumPages, guest.Domain.Memory.GuestPages);
    }

    [Fact]
    public void TwoVirtualCpusExchangeAtOnce()
    {
        Mfn[] first = Inputs(0, Large), second = Inputs(2, 0);
        (ulong pages, ulong free) = (guest.Domain.Memory.GuestPages, FrameAllocator.FreeCount);
        Assert.Equal(0, ExchangeStopping(Record(0, Large), 1, () =>
            Assert.Equal(0, Exchange(ref guest.Domain.Vcpu(1), Record(2, 0), TinyGuest.RecordFrame + 1))));
        OutputsAreThere(0, Large);
        OutputsAreThere(2, 0);
        AreFree(first.Except(Owned()));
        AreFree(second.Except(Owned()));
        Assert.Equal((pages, free), (guest.Domain.Memory.GuestPages, FrameAllocator.FreeCount));
    }

    private IEnumerable<Mfn> Owned()
    {
        for (uint number = guest.Domain.Memory.FirstFrame; number != Frame.Nil; number = FrameTable.All[number].Next)
            yield return new Mfn(number);
    }

    /// <summary>A guest that does something else at a stop loses what it was to get, and nobody else does.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(Large)]
    public void WhoDoesNotGoOnLosesWhatIsLeft(int order)
    {
        Inputs(0, order);
        Inputs(2, Large);
        ulong all = guest.Domain.Memory.GuestPages + FrameAllocator.FreeCount;
        Assert.Throws<OperationCanceledException>(() => ExchangeStopping(Record(0, order), 1, () => throw new OperationCanceledException()));
        uint left = guest.Vcpu.Exchange.Left;
        Assert.InRange(left, 1u, (uint)Count);
        ulong pages = guest.Domain.Memory.GuestPages;
        Assert.Equal(0, ExchangeStopping(Record(2, Large)));
        ref DomainMemory memory = ref guest.Domain.Memory;
        Assert.Equal((pages, all, 0ul), (memory.GuestPages, memory.GuestPages + FrameAllocator.FreeCount, memory.Exchanging));
    }

    /// <summary>The list that its frames are told in is gone before all are told: what it has not got by then is free.</summary>
    [Fact]
    public void AListThatGoesAwayEndsTheCall()
    {
        Inputs(0, Large);
        ulong all = guest.Domain.Memory.GuestPages + FrameAllocator.FreeCount;
        Assert.Equal(-(long)Errno.Fault, ExchangeStopping(Record(0, Large), 1, Unmap));
        Assert.Equal((all, 0ul), (guest.Domain.Memory.GuestPages + FrameAllocator.FreeCount, guest.Domain.Memory.Exchanging));
    }

    private void Unmap()
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame + 1);
        TinyGuest.Store(place, new MmuUpdateRequest { Pointer = guest.Frames[3].Address + (FirstList + 1) * 8 });
        Assert.Equal(0, TinyGuest.Call(ref guest.Domain.Vcpu(1), Hypercall.MmuUpdate, place, 1, 0, DomainIds.Self));
        TinyGuest.Store(place, new MmuExtendedOperation { Command = MmuExtendedCommand.TlbFlushLocal });
        Assert.Equal(0, TinyGuest.Call(ref guest.Domain.Vcpu(1), Hypercall.MmuExtendedOp, place, 1, 0, DomainIds.Self));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Large)]
    public void ADeathHalfWayLeavesNothing(int order)
    {
        Inputs(0, order);
        ulong all = FrameAllocator.FreeCount + guest.Domain.Memory.PageCount + guest.Domain.RecordFrames();
        Assert.Throws<OperationCanceledException>(() => ExchangeStopping(Record(0, order), 1, () => throw new OperationCanceledException()));
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.Crash);
        for (int slice = 0; DomainTable.TryFindFrom(0, out _); slice++)
        {
            Assert.InRange(slice, 0, 1000);
            Teardown.Step(ref TestMachine.Processor);
            Assert.Equal([], FrameOracle.Look(null));
        }
        Assert.Equal(all, FrameAllocator.FreeCount);
    }

    /// <summary>The initial domain asks for another one, which dies: what was on its way comes back with the next exchange.</summary>
    [Fact]
    public void ADeathHalfWayInAnothersCallLeavesNothing()
    {
        var other = new TinyGuest("other", spare: Count);
        guest.Domain.Rights.IsInitial = true;
        List(0)[0] = Block(ref other.Domain, Large).Value;
        ulong all = FrameAllocator.FreeCount + other.Domain.Memory.PageCount + other.Domain.RecordFrames();
        Assert.Equal(-(long)Errno.Srch, ExchangeStopping(Record(0, Large, other.Id), 1, () =>
        {
            ushort id = other.Id;
            DomainLife.ShutDown(ref other.Domain, ShutdownReason.Crash);
            while (DomainTable.TryFind(id, out _))
                Teardown.Step(ref TestMachine.Processor);
        }));
        uint left = guest.Vcpu.Exchange.Left;
        Assert.InRange(left, 1u, (uint)Count);
        Assert.Equal(all - left, FrameAllocator.FreeCount);
        Mfn own = Block(ref guest.Domain, 0);
        List(0)[0] = own.Value;
        MemoryExchange single = Record(0, 0);
        (single.In.ExtentCount, single.Out.ExtentOrder) = (1, 0);
        Assert.Equal(0, ExchangeStopping(single));
        Assert.Equal((all - 1, 0ul), (FrameAllocator.FreeCount, guest.Domain.Memory.Exchanging));
    }

    /// <summary>A block of 2 MiB: to find it is a step of its own, where too little is left for the piece afterwards.</summary>
    [Fact]
    public void ABlockIsFoundInOneStepAndGivenInOthers()
    {
        Preemption.Budget = (long)(Count * (Cost.FrameHanded + Cost.FrameCleared) / 1000);
        (ulong pages, ulong free) = (guest.Domain.Memory.GuestPages, FrameAllocator.FreeCount);
        guest.Domain.Memory.MaximumPages = pages + Count;
        stops = 0;
        TinyGuest.WhileStopped = () =>
        {
            stops++;
            ref DomainMemory memory = ref guest.Domain.Memory;
            Assert.Equal((pages, pages + Count, free - Count), (memory.GuestPages, memory.CountedPages, FrameAllocator.FreeCount));
            Assert.Equal([], FrameOracle.Look(null));
        };
        (long given, _) = guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.IncreaseReservation, new MemoryReservation
        {
            ExtentCount = 1, ExtentOrder = Large, Domain = DomainIds.Self, Flags = (MemoryFlags)24,
        });
        TinyGuest.WhileStopped = null;
        Assert.Equal((1, 1L), (stops, given));
        Assert.Equal((pages + Count, 0ul), (guest.Domain.Memory.GuestPages, guest.Domain.Memory.Extent.Left));
        // What is told of it goes nowhere: the block that was found is given back.
        guest.Domain.Memory.MaximumPages += Count;
        (given, _) = guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.PopulatePhysmap, new MemoryReservation
        {
            ExtentCount = 1, ExtentOrder = Large, Domain = DomainIds.Self, ExtentStart = ListAt(ListPages),
        });
        Assert.Equal((0L, pages + Count, free - Count), (given, guest.Domain.Memory.CountedPages, FrameAllocator.FreeCount));
    }
}
