using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Frames;

/// <summary>
/// The memory that is kept for devices: whatever domains take and give back, and however little they leave in one piece, the initial domain finds its
/// blocks of 256 KiB below 4 GiB; and nobody else gets any of it.
/// </summary>
public sealed class KeptMemoryTests
{
    private const int Order = 10, BlockOrder = 6, List = 12, Outputs = 13;
    private const ulong Frames = 1ul << Order;

    private readonly TinyGuest initial, user;

    public KeptMemoryTests()
    {
        TestMachine.Start(mebibytes: 32);
        Assert.True(FrameAllocator.Keep(Order));
        initial = new TinyGuest("initial", initial: true, spare: 4096);
        user = new TinyGuest("user", spare: 4096);
        initial.Enter();
    }

    /// <summary>Takes all single frames for a domain, and lets every second one go, as balloons do in a bad case.</summary>
    private void BreakUp()
    {
        var taken = new List<Mfn>();
        while (Allocations.TryGive(ref user.Domain, 0, 64, out Mfn frame))
            taken.Add(frame);
        Assert.Equal(FrameAllocator.KeptFree, FrameAllocator.FreeCount);
        foreach (Mfn frame in taken.Where(frame => frame.Value % 2 == 0))
            Assert.True(Allocations.TryTakeBack(ref user.Domain, frame));
        Assert.False(FrameAllocator.TryTake(1, out _), "what is left is not single frames");
    }

    private static long Exchange(TinyGuest guest, IReadOnlyList<Mfn> inputs, int addressBits, out ulong exchanged)
    {
        for (int index = 0; index < inputs.Count; index++)
            TinyGuest.Store(TinyGuest.AddressOf(List) + (ulong)index * 8, inputs[index].Value);
        TinyGuest.Store(TinyGuest.AddressOf(Outputs), 7000ul);
        var exchange = new MemoryExchange();
        (exchange.In.ExtentStart, exchange.In.ExtentCount, exchange.In.Domain) = (TinyGuest.AddressOf(List), (ulong)inputs.Count, DomainIds.Self);
        (exchange.Out.ExtentStart, exchange.Out.ExtentCount, exchange.Out.Domain) = (TinyGuest.AddressOf(Outputs), 1, DomainIds.Self);
        (exchange.Out.ExtentOrder, exchange.Out.Flags) = (BlockOrder, (MemoryFlags)(uint)addressBits);
        (long result, exchange) = guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, exchange);
        exchanged = exchange.ExchangedCount;
        return result;
    }

    private static Mfn[] Singles(TinyGuest guest)
        => [.. Enumerable.Range(0, 1 << BlockOrder).Select(_ => Allocations.TryGive(ref guest.Domain, 0, 64, out Mfn frame) ? frame : default)];

    /// <summary>As Linux does for its buffers: block after block, the bits of the address climbing from 18 on.</summary>
    [Fact]
    public void TheInitialDomainFindsBlocksHoweverBrokenMemoryIs()
    {
        BreakUp();
        int bits = BlockOrder + Mfn.Shift;
        ulong free = FrameAllocator.FreeCount;
        for (ulong block = 0; block < Frames >> BlockOrder; block++)
        {
            Mfn[] inputs = Singles(initial);
            long result;
            ulong exchanged;
            while ((result = Exchange(initial, inputs, bits, out exchanged)) == -(long)Errno.NoMem && bits < 32)
            {
                Assert.Equal(0ul, exchanged);
                bits++;
            }
            Assert.Equal((0L, (ulong)inputs.Length), (result, exchanged));
            ulong first = TinyGuest.Load<ulong>(TinyGuest.AddressOf(Outputs));
            Assert.Equal((0ul, 7000ul), (first % (1 << BlockOrder), MachineToPhysical.Get(new Mfn(first))));
            Assert.True((first + (1 << BlockOrder)) << Mfn.Shift <= 1ul << bits);
            Assert.Equal(Frames - ((block + 1) << BlockOrder), FrameAllocator.KeptFree);
            free -= (ulong)inputs.Length;
            Assert.Equal(free, FrameAllocator.FreeCount);
        }
        Assert.Equal(-(long)Errno.NoMem, Exchange(initial, Singles(initial), 32, out ulong none));
        Assert.Equal((0ul, 0ul), (none, FrameAllocator.KeptFree));
        Assert.Equal([], FrameOracle.Look(null));
    }

    /// <summary>What comes back lies in the range that is kept, and is whole again.</summary>
    [Fact]
    public void WhatComesBackIsKeptAgain()
    {
        BreakUp();
        Assert.Equal(0, Exchange(initial, Singles(initial), 32, out _));
        ulong first = TinyGuest.Load<ulong>(TinyGuest.AddressOf(Outputs));
        foreach (int index in Enumerable.Range(0, 1 << BlockOrder).OrderBy(index => index * 37 % 64))
            Assert.True(Allocations.TryTakeBack(ref initial.Domain, new Mfn(first + (ulong)index)));
        Assert.Equal(Frames, FrameAllocator.KeptFree);
        while (Scrubber.TryBegin())
            Scrubber.Clear();
        Assert.False(FrameAllocator.TryFindUnclean(out _, out _, out _));
        Assert.True(FrameAllocator.TryTakeUnclaimed(Order, 32, forDomain: true, out Mfn whole, forDevices: true));
        Assert.Equal(0ul, FrameAllocator.KeptFree);
        FrameAllocator.ReturnUnclaimed(whole, whole.Plus(Frames));
        Assert.Equal(Frames, FrameAllocator.KeptFree);
    }

    [Fact]
    public void NobodyElseGetsAnyOfIt()
    {
        user.Enter();
        BreakUp();
        Assert.Equal(-(long)Errno.NoMem, Exchange(user, Singles(user), 32, out ulong exchanged));
        Assert.Equal(0ul, exchanged);
        while (FrameAllocator.TryTake(0, out _))
        {
        }
        var list = new MemoryReservation { ExtentCount = 1, Domain = DomainIds.Self, Flags = (MemoryFlags)32 };
        Assert.Equal(0, user.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.IncreaseReservation, list).Result);
        initial.Enter();
        // And the initial domain only to exchange, and only below 4 GiB.
        Assert.Equal(0, initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.IncreaseReservation, list).Result);
        Assert.Equal(Frames, FrameAllocator.KeptFree);
    }

    /// <summary>As long as there is other memory, that is taken.</summary>
    [Fact]
    public void ItIsTheLastToBeTaken()
    {
        Assert.Equal(0, Exchange(initial, Singles(initial), 32, out _));
        Assert.Equal(0, Exchange(initial, Singles(initial), 0, out _));
        Assert.Equal(Frames, FrameAllocator.KeptFree);
    }

    [Fact]
    public void AMachineWithoutSuchABlockKeepsNone()
    {
        TestMachine.Start(mebibytes: 32);
        ulong free = FrameAllocator.FreeCount;
        Assert.False(FrameAllocator.Keep(14));
        Assert.Equal((free, 0ul), (FrameAllocator.FreeCount, FrameAllocator.KeptFree));
        Assert.True(FrameAllocator.Keep(11));
        Assert.Equal((free, 1ul << 11, free - (1ul << 11)), (FrameAllocator.FreeCount, FrameAllocator.KeptFree, FrameAllocator.FreeForAll));
        Assert.Equal([], FrameOracle.Look(null));
    }
}
