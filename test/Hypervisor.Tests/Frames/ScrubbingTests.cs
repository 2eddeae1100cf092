using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Frames;

/// <summary>Frames that change hands are cleared once, at the latest when they are given, and come back in one piece.</summary>
public sealed class ScrubbingTests
{
    private const ulong Mark = 0x5ec2_e75e_c2e7_5ec2;

    private readonly TinyGuest guest;

    public ScrubbingTests()
    {
        TestMachine.Start(mebibytes: 64);
        guest = new TinyGuest("one", frames: 48, spare: 16_000, initial: true);
        guest.Enter();
    }

    private static void Scrub()
    {
        while (Scrubber.TryBegin())
            Scrubber.Clear();
    }

    /// <summary>Gives back a marked frame and tells which.</summary>
    private Mfn GiveBack(int page)
    {
        TinyGuest.Store(TinyGuest.AddressOf(page), Mark);
        Mfn frame = guest.Frames[page];
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), 0));
        Assert.Equal(1, Reserve(MemoryCommand.DecreaseReservation, 0, frame.Value));
        return frame;
    }

    private long Reserve(MemoryCommand command, uint order, params ulong[] list)
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place, Record((ulong)list.Length, order));
        for (int index = 0; index < list.Length; index++)
            TinyGuest.Store(place + 64 + (ulong)index * 8, list[index]);
        return guest.Call(Hypercall.MemoryOp, (ulong)command, place);
    }

    private static MemoryReservation Record(ulong count, uint order) => new()
    {
        ExtentStart = TinyGuest.AddressOf(TinyGuest.RecordFrame) + 64, ExtentCount = count, ExtentOrder = order, Domain = DomainIds.Self,
    };

    private static ulong Told => TinyGuest.Load<ulong>(TinyGuest.AddressOf(TinyGuest.RecordFrame) + 64);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFrameIsClearedOnceInIdleTimeOrWhenGiven(bool idle)
    {
        Scrub();
        ulong idleBefore = Scrubber.ClearedIdle;
        Mfn frame = GiveBack(20);
        Assert.Equal(Mark, Arena.Words(frame)[0]);
        if (idle)
            Scrub();
        Assert.Equal(idle ? 1ul : 0, Scrubber.ClearedIdle - idleBefore);
        ulong givenBefore = Scrubber.ClearedGiven;
        var taken = new HashSet<ulong>();
        while (Reserve(MemoryCommand.PopulatePhysmap, 0, 1000) == 1 && taken.Add(Told) && Told != frame.Value)
            Assert.False(Arena.Words(new Mfn(Told)).ContainsAnyExcept(0ul));
        Assert.Contains(frame.Value, taken);
        Assert.False(Arena.Words(frame).ContainsAnyExcept(0ul));
        Assert.True(!idle || Scrubber.ClearedGiven - givenBefore < (ulong)taken.Count);
        Scrub();
        Assert.Equal(idle ? 1ul : 0, Scrubber.ClearedIdle - idleBefore);
    }

    [Fact]
    public void NobodyWritesToAClearedFrameThroughWhatAProcessorRemembers()
    {
        Mfn frame = GiveBack(21);
        Scrub();
        TinyGuest.TryStore(TinyGuest.AddressOf(21), Mark);
        Assert.Equal(0ul, Arena.Words(frame)[0]);
    }

    [Fact]
    public void FramesThatNobodyHasUsedAreLeftAlone()
    {
        Scrub();
        ulong before = Scrubber.ClearedIdle;
        Assert.Equal(1, Reserve(MemoryCommand.IncreaseReservation, 9, 0));
        Assert.Equal(1, Reserve(MemoryCommand.DecreaseReservation, 9, Told));
        Scrub();
        Assert.Equal(512ul, Scrubber.ClearedIdle - before);
    }

    [Theory]
    [InlineData(MemoryCommand.PopulatePhysmap)]
    [InlineData(MemoryCommand.IncreaseReservation)]
    public void ALargeExtentIsGivenAndTakenPieceByPiece(MemoryCommand command)
    {
        const uint order = 13;
        ulong free = FrameAllocator.FreeCount, pages = guest.Domain.Memory.GuestPages;
        Preemption.Budget = 1;
        Assert.Equal(1, Reserve(command, order, 5000));
        Mfn block = new(Told);
        Assert.Equal((0ul, 1ul << (int)order), (block.Value % (1ul << (int)order), guest.Domain.Memory.GuestPages - pages));
        for (ulong index = 0; index < 1ul << (int)order; index++)
        {
            Assert.Equal(guest.Id, FrameTable.Of(block.Plus(index)).Owner);
            ulong number = command == MemoryCommand.PopulatePhysmap ? 5000 + index : MachineToPhysical.Invalid;
            Assert.Equal(number, MachineToPhysical.Get(block.Plus(index)));
        }
        Assert.Equal(1, Reserve(MemoryCommand.DecreaseReservation, order, block.Value));
        Assert.Equal((free, pages), (FrameAllocator.FreeCount, guest.Domain.Memory.GuestPages));
    }

    [Fact]
    public void OnePieceOfALargeExtentIsAllThatASliceClears()
    {
        Preemption.Budget = 1;
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame), before = Scrubber.ClearedGiven, free = FrameAllocator.FreeCount;
        TinyGuest.Store(place, Record(1, 13));
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rdi, registers.Rsi) = ((ulong)MemoryCommand.PopulatePhysmap, place);
        (registers.Rax, registers.Vector) = ((ulong)Hypercall.MemoryOp, 0x100);
        SystemCall.Perform(ref guest.Vcpu);
        Assert.InRange(Scrubber.ClearedGiven - before, 1ul, 512ul);
        Assert.Equal(free - (1ul << 13), FrameAllocator.FreeCount);
        // What was begun is given up when something else is: nothing is lost, and what had been given stays.
        Assert.Equal(1, Reserve(MemoryCommand.IncreaseReservation, 10, 0));
        Assert.Equal(free - 512 - 1024, FrameAllocator.FreeCount);
    }

    [Fact]
    public void AContinuationThatWasNeverBegunIsRefused()
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame);
        TinyGuest.Store(place, Record(1, 13));
        ulong pages = guest.Domain.Memory.GuestPages;
        Assert.Equal(0, guest.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.PopulatePhysmap | 3ul << 6, place));
        Assert.Equal(-(long)Errno.Inval, guest.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.PopulatePhysmap | 17ul << 6, place));
        Assert.Equal(pages, guest.Domain.Memory.GuestPages);
    }

    private static List<(ulong Start, int Order)> Blocks()
    {
        var blocks = new List<(ulong, int)>();
        for (ulong number = 0; number < FrameTable.All.Length; number++)
        {
            if (FrameTable.All[number].Has(Frame.FreeHead))
                blocks.Add((number, FrameTable.All[number].Place & 31));
        }
        return blocks;
    }

    /// <summary>Twelve domains come, take, give and go by chance, idle time clears; at the end the free blocks are the first again.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void FramesComeBackInOnePiece(int seed)
    {
        Scrub();
        List<(ulong, int)> blocks = Blocks();
        var random = new Random(seed);
        var domains = new List<(TinyGuest Guest, List<Mfn> Frames)>();
        for (int step = 0; step < 1500; step++)
        {
            int choice = random.Next(20);
            if (choice == 0 && domains.Count < 12)
                domains.Add((new TinyGuest($"d{step}", frames: 16 + random.Next(100), spare: 600), []));
            else if (choice == 1 && domains.Count > 0)
                Kill(domains, random.Next(domains.Count));
            else if (choice < 4)
                ScrubOn();
            else if (domains.Count > 0)
                TakeOrGive(domains[random.Next(domains.Count)], random);
        }
        while (domains.Count > 0)
            Kill(domains, 0);
        Scrubber.Clear();
        Scrub();
        Assert.Equal(blocks, Blocks());
    }

    /// <summary>What was begun before is cleared now, or when somebody wants it; the next few frames are begun.</summary>
    private static void ScrubOn()
    {
        Scrubber.Clear();
        SimulatedProcessor.WhilePausing = Scrubber.Clear;
        Scrubber.TryBegin();
    }

    /// <summary>All that is free can be had while some of it is being cleared: only who takes that very part waits, and finds it clean.</summary>
    [Fact]
    public void WhatIsBeingClearedCanBeTakenOnceItIsClean()
    {
        Scrub();
        Mfn frame = GiveBack(22);
        Assert.True(Scrubber.TryBegin());
        int waits = 0;
        SimulatedProcessor.WhilePausing = () =>
        {
            Assert.Equal(Mark, Arena.Words(frame)[0]);
            if (++waits == 3)
                Scrubber.Clear();
        };
        var taken = new List<ulong>();
        while (Allocations.TryGive(ref guest.Domain, 0, 64, out Mfn given))
        {
            taken.Add(given.Value);
            Assert.Equal(taken.Contains(frame.Value) ? 3 : 0, waits);
            Assert.False(Arena.Words(given).ContainsAnyExcept(0ul));
        }
        Assert.Contains(frame.Value, taken);
        Assert.Equal(0ul, FrameAllocator.FreeCount);
    }

    /// <summary>The same of a large block that only part of is being cleared.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void OnlyWhoTakesThatVeryPartWaits(int part, bool waits)
    {
        Scrub();
        Assert.Equal(1, Reserve(MemoryCommand.IncreaseReservation, 8, 0));
        var block = new Mfn(Told);
        Assert.Equal(1, Reserve(MemoryCommand.DecreaseReservation, 8, block.Value));
        Assert.True(Scrubber.TryBegin());
        int pauses = 0;
        SimulatedProcessor.WhilePausing = () =>
        {
            pauses++;
            Scrubber.Clear();
        };
        Scrubber.Await(block.Value + (ulong)part * 64, 64);
        Assert.Equal(waits ? 1 : 0, pauses);
        Scrubber.Clear();
    }

    /// <summary>Of what is chosen, whoever takes other frames of the same window waits for none of it.</summary>
    [Fact]
    public void WhatLiesBeforeAndBehindInTheWindowIsNotWaitedFor()
    {
        Scrub();
        Assert.True(FrameAllocator.TryTake(3, out Mfn block));
        for (ulong index = 0; index < 8; index++)
        {
            if (index is 0 or 3)
                FrameAllocator.Free(block.Plus(index));
            else
                FrameAllocator.Return(block.Plus(index));
        }
        Assert.True(Scrubber.TryBegin());
        ulong first = block.Value;
        bool[] clearing = [.. Enumerable.Range(0, 5).Select(place => Scrubber.IsClearing(first + (ulong)place, first + (ulong)place + 1))];
        Assert.Equal([true, false, false, true, false], clearing);
        Assert.False(Scrubber.IsClearing(first + 1, first + 3));
        Assert.True(Scrubber.IsClearing(first + 1, first + 4));
        Scrubber.Clear();
    }

    private static void TakeOrGive((TinyGuest Guest, List<Mfn> Frames) domain, Random random)
    {
        ref Domain record = ref domain.Guest.Domain;
        if (domain.Frames.Count > 0 && random.Next(2) == 0)
        {
            Mfn frame = domain.Frames[^1];
            domain.Frames.RemoveAt(domain.Frames.Count - 1);
            Assert.True(Allocations.TryTakeBack(ref record, frame));
            return;
        }
        int order = random.Next(6);
        if (record.Memory.GuestPages + (1ul << order) > record.Memory.MaximumPages || !Allocations.TryGive(ref record, order, 64, out Mfn block))
            return;
        for (ulong index = 0; index < 1ul << order; index++)
        {
            Assert.False(Arena.Words(block.Plus(index)).ContainsAnyExcept(0ul));
            Arena.Words(block.Plus(index))[(int)index] = Mark;
            domain.Frames.Insert(random.Next(domain.Frames.Count + 1), block.Plus(index));
        }
    }

    private static void Kill(List<(TinyGuest Guest, List<Mfn> Frames)> domains, int index)
    {
        TinyGuest dead = domains[index].Guest;
        domains.RemoveAt(index);
        ushort id = dead.Id;
        dead.Enter();
        DomainLife.ShutDown(ref dead.Domain, ShutdownReason.Crash);
        for (int turn = 0; turn < 1000 && DomainTable.TryFind(id, out _); turn++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.False(DomainTable.TryFind(id, out _));
    }
}
