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

/// <summary>What may be long stops after its budget, others come in between, and the end is the same; what lies half-way nobody may use.</summary>
public sealed class LongOperationTests
{
    private const int Tables = 800, TwoLevels = 2;

    private readonly TinyGuest guest;
    private readonly List<Mfn> leaves = [];

    public LongOperationTests()
    {
        TestMachine.Start(mebibytes: 32);
        guest = new TinyGuest("one", frames: 48, vcpus: 2, spare: 6000);
        guest.Enter();
        guest.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables);
    }

    private Mfn Table(IEnumerable<Mfn> children)
    {
        Assert.True(Allocations.TryGive(ref guest.Domain, 0, 64, out Mfn table));
        int index = 0;
        foreach (Mfn child in children)
            Arena.Words(table)[index++] = TinyGuest.Entry(child, writable: true);
        return table;
    }

    /// <summary>A L3 table over two of level 2 over so many of level 1.</summary>
    private Mfn Tree()
    {
        for (int index = 0; index < Tables; index++)
            leaves.Add(Table([]));
        return Table(leaves.Chunk(Tables / TwoLevels).Select(part => Table(part)).ToArray());
    }

    private static long Left => Preemption.Left;

    /// <summary>Makes a call slice by slice; `between` comes after each that wants to go on.</summary>
    private static (long Result, int Slices) Perform(ref VirtualCpu vcpu, Hypercall number, ulong a, ulong b, ulong d, Action? between = null)
    {
        const long piece = 600_000;
        (ulong Rdi, ulong Rsi, ulong R10) arguments = (a, b, d);
        for (int slices = 1; slices < 100_000; slices++)
        {
            ref Registers registers = ref vcpu.Registers;
            (registers.Rdi, registers.Rsi, registers.Rdx, registers.R10) = (arguments.Rdi, arguments.Rsi, 0, arguments.R10);
            (registers.Rax, registers.Vector) = ((ulong)number, 0x100);
            ulong behind = registers.Rip;
            SystemCall.Perform(ref vcpu);
            Assert.True(Left > -piece, $"a slice was {-Left} over its budget");
            if (registers.Rip == behind)
                return ((long)registers.Rax, slices);
            registers.Rip = behind;
            arguments = (registers.Rdi, registers.Rsi, registers.R10);
            between?.Invoke();
        }
        throw new InvalidOperationException("it never ends");
    }

    private static ulong Place(MmuExtendedOperation operation, int page = TinyGuest.RecordFrame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(page), operation);
        return TinyGuest.AddressOf(page);
    }

    private (long Result, int Slices) Extended(MmuExtendedCommand command, Mfn frame, Action? between = null)
        => Perform(ref guest.Vcpu, Hypercall.MmuExtendedOp, Place(new() { Command = command, Argument1 = frame.Value }), 1, DomainIds.Self, between);

    /// <summary>The other virtual CPU's word in between.</summary>
    private long Other(MmuExtendedCommand command, Mfn frame)
        => TinyGuest.Call(ref guest.Domain.Vcpu(1), Hypercall.MmuExtendedOp,
            Place(new() { Command = command, Argument1 = frame.Value }, TinyGuest.RecordFrame + 1), 1, 0, DomainIds.Self);

    private long OtherUpdate(Mfn table, int index, ulong value)
    {
        ulong place = TinyGuest.AddressOf(TinyGuest.RecordFrame + 1);
        TinyGuest.Store(place, new MmuUpdateRequest { Pointer = table.Address + (ulong)index * 8, Value = value });
        return TinyGuest.Call(ref guest.Domain.Vcpu(1), Hypercall.MmuUpdate, place, 1, 0, DomainIds.Self);
    }

    private static void BooksAgree() => Assert.Equal([], FrameOracle.Look(null));

    [Fact]
    public void ATreeIsPinnedAndUnpinnedInParts()
    {
        Mfn top = Tree();
        (long result, int slices) = Extended(MmuExtendedCommand.PinL3Table, top, BooksAgree);
        Assert.Equal((0, true), (result, slices > 1));
        Assert.True(FrameTable.Of(top).Has(Frame.Pinned) && FrameTable.Of(leaves[^1]).Type == FrameType.L1);
        (result, slices) = Extended(MmuExtendedCommand.UnpinTable, top, BooksAgree);
        Assert.Equal((0, true), (result, slices > 1));
        Assert.All(leaves, leaf => Assert.Equal(0u, FrameTable.Of(leaf).TypeCount));
        Assert.Equal(0u, FrameTable.Of(top).TypeCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void WhatIsHalfWayIsNobodysToUse(long budget)
    {
        Mfn top = Tree();
        Preemption.Budget = budget;
        int seen = 0;
        (long result, _) = Extended(MmuExtendedCommand.PinL3Table, top, () =>
        {
            if (seen++ % 50 != 0 || !FrameTable.Of(top).Has(Frame.Partly))
                return;
            Assert.Equal(-(long)Errno.Inval, Other(MmuExtendedCommand.PinL4Table, top));
            Assert.Equal(-(long)Errno.Inval, Other(MmuExtendedCommand.UnpinTable, top));
            Assert.Equal(-(long)Errno.Inval, Other(MmuExtendedCommand.ClearPage, top));
            Assert.Equal(-(long)Errno.Inval, Other(MmuExtendedCommand.NewBasePointer, top));
            BooksAgree();
        });
        Assert.Equal(0, result);
        Assert.True(seen > 1);
    }

    [Fact]
    public void TheOtherVirtualCpuMayFinishWhatOneBegan()
    {
        Mfn top = Tree();
        bool done = false;
        (long result, _) = Extended(MmuExtendedCommand.PinL3Table, top, () =>
        {
            if (!done)
                Assert.Equal(0, Other(MmuExtendedCommand.PinL3Table, top));
            done = true;
            BooksAgree();
        });
        // As if the other had come first: the table was pinned already.
        Assert.Equal(-(long)Errno.Inval, result);
        Assert.Equal(0, Extended(MmuExtendedCommand.UnpinTable, top).Result);
        BooksAgree();
    }

    [Fact]
    public void AStoreToWhatIsHalfWayIsSeenWhenItIsValidated()
    {
        Mfn top = Tree(), empty = leaves[0];
        bool stored = false;
        (long result, _) = Extended(MmuExtendedCommand.PinL3Table, top, () =>
        {
            if (!stored)
                Assert.Equal(0, OtherUpdate(top, 0, TinyGuest.Entry(empty, writable: true)));
            stored = true;
            BooksAgree();
        });
        Assert.Equal((0, true), (result, stored));
        Assert.Equal(FrameType.L2, FrameTable.Of(empty).Type);
        Assert.Equal(0u, FrameTable.Of(leaves[1]).TypeCount);
        BooksAgree();
    }

    [Fact]
    public void WhatWasRefusedAtTheEndIsMemoryAgainForTheNextCall()
    {
        Mfn top = Tree();
        Arena.Words(top)[511] = TinyGuest.Entry(top, writable: true);
        Preemption.Budget = 50;
        Assert.Equal(-(long)Errno.Inval, Extended(MmuExtendedCommand.PinL3Table, top, BooksAgree).Result);
        Assert.False(guest.Domain.Memory.Unfinished.IsEmpty);
        ulong entry = TinyGuest.Entry(leaves[0], writable: true);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(30), entry));
        Assert.True(guest.Domain.Memory.Unfinished.IsEmpty);
        BooksAgree();
    }

    [Fact]
    public void AGuestThatDiesHalfWayLeavesNothing()
    {
        Mfn top = Tree();
        int slices = 0;
        Assert.Throws<OperationCanceledException>(() => Extended(MmuExtendedCommand.PinL3Table, top, () => throw new OperationCanceledException()));
        Assert.True(FrameTable.Of(top).Has(Frame.Partly));
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.Crash);
        Preemption.Budget = 20;
        while (DomainTable.TryFindFrom(0, out _) && slices++ < 10_000)
        {
            ulong before = FrameAllocator.FreeCount;
            Teardown.Step(ref TestMachine.Processor);
            Assert.InRange(FrameAllocator.FreeCount - before, 0ul, 2048ul);
            BooksAgree();
        }
        Assert.InRange(slices, 10, 9999);
    }

    [Fact]
    public void ABatchOf2048UpdatesIsDoneInParts()
    {
        const int count = 2048;
        Assert.True(Allocations.TryGive(ref guest.Domain, 3, 64, out Mfn list));
        ulong first = TinyGuest.AddressOf(100);
        for (int page = 0; page < 8; page++)
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, first + (ulong)page * Mfn.Size, TinyGuest.Entry(list.Plus((ulong)page), true)));
        for (int index = 0; index < count; index++)
        {
            ulong pointer = guest.Frames[3].Address + (ulong)(200 + index % 300) * 8;
            TinyGuest.Store(first + (ulong)index * 16, new MmuUpdateRequest { Pointer = pointer, Value = TinyGuest.Entry(guest.Frames[20], true) });
        }
        (long result, int slices) = Perform(ref guest.Vcpu, Hypercall.MmuUpdate, first, count, DomainIds.Self, BooksAgree);
        Assert.Equal((0, 4), (result, slices));
        Assert.Equal(301u, FrameTable.Of(guest.Frames[20]).TypeCount);
    }
}
