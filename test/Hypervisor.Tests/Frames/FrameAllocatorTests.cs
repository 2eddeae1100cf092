using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Frames;

/// <summary>The buddy system against a set of frames.</summary>
public sealed class FrameAllocatorTests
{
    public FrameAllocatorTests() => TestMachine.Start();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void NothingIsGivenTwiceAndAllComesBack(int seed)
    {
        ulong free = FrameAllocator.FreeCount;
        var random = new Random(seed);
        var blocks = new List<(ulong Start, int Order)>();
        var used = new HashSet<ulong>();
        for (int step = 0; step < 3000; step++)
        {
            if (random.Next(2) == 0 && blocks.Count > 0)
            {
                int index = random.Next(blocks.Count);
                (ulong start, int order) = blocks[index];
                blocks.RemoveAt(index);
                Enumerable.Range(0, 1 << order).ToList().ForEach(frame => used.Remove(start + (ulong)frame));
                FrameAllocator.Free(new Mfn(start), order);
            }
            else
            {
                int order = random.Next(7);
                if (!FrameAllocator.TryTake(order, out Mfn block))
                    continue;
                Assert.Equal(0ul, block.Value % (1ul << order));
                for (ulong frame = 0; frame < 1ul << order; frame++)
                    Assert.True(used.Add(block.Value + frame) && FrameTable.All[block.Value + frame].Owner == DomainIds.Xen);
                blocks.Add((block.Value, order));
            }
            Assert.Equal(free, FrameAllocator.FreeCount + (ulong)used.Count);
        }
        blocks.ForEach(block => FrameAllocator.Free(new Mfn(block.Start), block.Order));
        Assert.Equal(free, FrameAllocator.FreeCount);
        Assert.True(FrameAllocator.TryTake(9, out _), "free neighbours have not become one block");
    }

    /// <summary>Blocks of one order, clean and unclean ones, whose neighbours are in use: none of them is overlooked.</summary>
    [Fact]
    public void WhatIsFreeCanBeTaken()
    {
        var frames = new List<Mfn>();
        for (int count = 0; count < 128 && FrameAllocator.TryTake(0, out Mfn frame); count++)
            frames.Add(frame);
        Assert.Equal(128, frames.Count);
        for (int index = 0; index < frames.Count; index += 2)
        {
            if (index % 4 == 0)
                FrameAllocator.Free(frames[index], 0);
            else
                FrameAllocator.Return(frames[index]);
        }
        while (FrameAllocator.TryTake(0, out _))
        {
        }
        Assert.Equal(0ul, FrameAllocator.FreeCount);
    }

    [Theory]
    [InlineData(22)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(32)]
    public void AddressesStayBelowTheLimit(int bits)
    {
        ulong limit = 1ul << (bits - 12);
        for (int order = 3; order >= 0; order--)
        {
            while (FrameAllocator.TryTake(order, bits, forDomain: false, out Mfn block))
                Assert.True(block.Value + (1ul << order) <= limit);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(21)]
    public void NothingLiesBelowAVeryLowLimit(int bits) => Assert.False(FrameAllocator.TryTake(0, bits, forDomain: false, out _));

    /// <summary>A guest can fill a list with blocks above the limit: of each list only so many are looked at.</summary>
    [Fact]
    public void ASearchBelowALimitEndsAfterSoManyBlocks()
    {
        const int bits = 25, longest = 1024;
        TestMachine.Start(mebibytes: 64);
        var frames = new List<Mfn>();
        while (FrameAllocator.TryTake(0, out Mfn frame))
            frames.Add(frame);
        Mfn[] below = [.. frames.Where(frame => frame.Value < 1ul << (bits - Mfn.Shift) && frame.Value % 2 == 0).Take(2)];
        FrameAllocator.Free(below[0], 0);
        foreach (Mfn frame in frames.Where(frame => frame.Value >= 1ul << (bits - Mfn.Shift) && frame.Value % 2 == 0).Take(2 * longest))
            FrameAllocator.Free(frame, 0);
        Preemption.Begin();
        Assert.False(FrameAllocator.TryTake(0, bits, forDomain: false, out _));
        Assert.InRange(Preemption.UsualBudget - Preemption.Left, (long)(longest * Cost.FreeBlock), (long)(longest * Cost.FreeBlock * 5 / 4));
        FrameAllocator.Free(below[1], 0);
        Assert.True(FrameAllocator.TryTake(0, bits, forDomain: false, out Mfn found) && found == below[1]);
    }

    [Fact]
    public void AnOrderThatCannotBeIsRefused() => Assert.False(FrameAllocator.TryTake(FrameAllocator.MaximumOrder + 1, out _));

    [Fact]
    public void AFrameThatIsStillRememberedIsFlushedBeforeItIsGivenAgain()
    {
        var guest = new TinyGuest("one");
        guest.Enter();
        ulong address = TinyGuest.AddressOf(20);
        TinyGuest.Store(address, 1ul);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, address, 0, 0));
        TinyGuest.Store(TinyGuest.AddressOf(12), guest.Frames[20].Value);
        var reservation = new MemoryReservation { ExtentStart = TinyGuest.AddressOf(12), ExtentCount = 1, Domain = DomainIds.Self };
        Assert.Equal(1, guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.DecreaseReservation, reservation).Result);
        Assert.True(Translations.Pages.ContainsKey(address >> 12), "the simulated buffer forgets by itself");
        while (FrameAllocator.TryTake(0, out Mfn frame) && frame != guest.Frames[20])
        {
        }
        Assert.Equal(DomainIds.Xen, FrameTable.Of(guest.Frames[20]).Owner);
        Assert.False(Translations.Pages.ContainsKey(address >> 12));
    }
}
