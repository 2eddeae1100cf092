using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Interrupts;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>
/// What a guest changes in its tables or asks to be forgotten is forgotten, here and on the other processor that holds the guest. The simulated
/// buffers forget nothing by themselves, and each test first sees that the page is remembered.
/// </summary>
public sealed class GuestFlushTests
{
    private const int Page = 20, Table = 21, Mapped = 22;
    private const ulong SecondTable = TinyGuest.Origin + (1ul << 21);

    private static readonly ulong address = TinyGuest.AddressOf(Page), page = address >> 12;

    private readonly TinyGuest guest;

    public GuestFlushTests()
    {
        TestMachine.Start(load: FirmwareTables.Processors(2));
        guest = new TinyGuest("two", vcpus: 2);
        guest.Domain.Vcpu(1).KernelRoot = guest.Domain.Vcpu(0).KernelRoot;
    }

    private static void On(uint processor, ref VirtualCpu vcpu)
    {
        SimulatedProcessor.Number = processor;
        ContextSwitch.To(ref Processors.All[processor].Value, ref vcpu);
    }

    /// <summary>Both virtual CPUs run, each on its processor, and both have written to an address.</summary>
    private void RememberOnBoth(ulong where)
    {
        for (uint number = 2; number-- > 0;)
        {
            On(number, ref guest.Domain.Vcpu(number));
            TinyGuest.Store(where, 0ul);
            Assert.True(Translations.PagesOf(number).ContainsKey(where >> 12), "the simulated buffer forgets by itself");
        }
    }

    private static bool IsRemembered(uint processor, ulong where) => Translations.PagesOf(processor).ContainsKey(where >> 12);

    /// <summary>
    /// A flush that a guest asks for is over before its call is, and waited for without the lock, but where something else of the same batch comes
    /// behind it.
    /// </summary>
    [Theory]
    [InlineData("flush", "free")]
    [InlineData("page", "free")]
    [InlineData("mapping", "free")]
    [InlineData("two flushes", "held free")]
    [InlineData("flush and more", "held")]
    [InlineData("multicall", "free")]
    [InlineData("multicall of two", "held free")]
    public void AGuestsFlushIsWaitedForWithoutTheLock(string what, string wanted)
    {
        RememberOnBoth(address);
        On(0, ref guest.Vcpu);
        var seen = new List<string>();
        Interprocessor.Serve = _ => seen.Add(HypervisorLock.IsHeld ? "held" : "free");
        ulong place = TinyGuest.AddressOf(11);
        var flush = new MmuExtendedOperation { Command = MmuExtendedCommand.TlbFlushAll };
        TinyGuest.Store(place, flush);
        var second = what == "two flushes" ? flush : new MmuExtendedOperation { Command = MmuExtendedCommand.TlbFlushLocal };
        TinyGuest.Store(place + (ulong)Unsafe.SizeOf<MmuExtendedOperation>(), second);
        const ulong flags = (ulong)(UpdateVaFlags.InvalidatePage | UpdateVaFlags.All);
        ulong[] arguments = [address, TinyGuest.Entry(guest.Frames[Mapped], writable: true), flags];
        foreach (ulong entry in (ulong[])[place + 512, place + 512 + 64])
        {
            TinyGuest.Store(entry, (ulong)Hypercall.UpdateVaMapping);
            for (int index = 0; index < arguments.Length; index++)
                TinyGuest.Store(entry + 16 + (ulong)index * 8, arguments[index]);
        }
        long result = what switch
        {
            "page" => Extended(new MmuExtendedOperation { Command = MmuExtendedCommand.InvalidatePageAll, Argument1 = address }),
            "mapping" => guest.Call(Hypercall.UpdateVaMapping, arguments[0], arguments[1], arguments[2]),
            "multicall" => guest.Call(Hypercall.Multicall, place + 512, 1),
            "multicall of two" => guest.Call(Hypercall.Multicall, place + 512, 2),
            _ => guest.Call(Hypercall.MmuExtendedOp, place, what == "flush" ? 1ul : 2ul, 0, DomainIds.Self),
        };
        Interprocessor.Serve = null;
        Assert.Equal(0L, result);
        Assert.Equal(wanted, string.Join(' ', seen));
        Assert.False(IsRemembered(1, address));
        Assert.Equal(0, TestMachine.Processor.Awaits);
    }

    /// <summary>Who asks again, or does something else, has waited for what it asked for before.</summary>
    [Fact]
    public void WhatIsAwaitedIsOverBeforeAnybodyElseRuns()
    {
        RememberOnBoth(address);
        On(0, ref guest.Vcpu);
        ref ProcessorState processor = ref TestMachine.Processor;
        Interprocessor.AskFor(ref processor, Processors.All, 2);
        Assert.True(IsRemembered(1, address));
        Flushes.Finish(ref processor);
        Assert.False(IsRemembered(1, address));
        Assert.Equal(0, processor.Awaits);
        TinyGuest.Store(TinyGuest.AddressOf(11), 0ul);
        Interprocessor.AskFor(ref processor, Processors.All, 2);
        byte awaited = processor.Awaits;
        processor.Work = ProcessorWork.None;
        Entry.PendingWork(ref guest.Vcpu);
        Assert.Equal(1, awaited);
        Assert.Equal(0, processor.Awaits);
    }

    private long Extended(MmuExtendedOperation operation)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), operation);
        return guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    private long Update(params (ulong Place, ulong Value)[] requests)
    {
        for (int index = 0; index < requests.Length; index++)
            TinyGuest.Store(TinyGuest.AddressOf(11) + (ulong)index * 16,
                new MmuUpdateRequest { Pointer = requests[index].Place, Value = requests[index].Value });
        return guest.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(11), (ulong)requests.Length, 0, DomainIds.Self);
    }

    /// <summary>A second table of level 1, whose only entry maps a frame for writing.</summary>
    private ulong MakeSecondTable()
    {
        On(0, ref guest.Vcpu);
        TinyGuest.Store(TinyGuest.AddressOf(Table), TinyGuest.Entry(guest.Frames[Mapped], writable: true));
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Table), 0, 0));
        ulong place = guest.Frames[2].Address + (ulong)PageTableEntry.Index(SecondTable, 2) * 8;
        Assert.Equal(0, Update((place, TinyGuest.Entry(guest.Frames[Table], writable: true))));
        return place;
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    public void ATableThatIsTakenOutIsForgotten(ulong replacement)
    {
        ulong place = MakeSecondTable();
        RememberOnBoth(SecondTable);
        Assert.Equal(0, Update((place, replacement == 0 ? 0 : TinyGuest.Entry(guest.Frames[3], writable: true))));
        Assert.False(IsRemembered(0, SecondTable));
        Assert.False(IsRemembered(1, SecondTable));
    }

    /// <summary>The end of a batch stands on its flush, so it is waited for at once, with the lock.</summary>
    [Fact]
    public void WhatStandsOnAFlushComesAfterIt()
    {
        ulong place = MakeSecondTable();
        RememberOnBoth(SecondTable);
        var seen = new List<string>();
        Interprocessor.Serve = _ => seen.Add(HypervisorLock.IsHeld ? "held" : "free");
        Assert.Equal(0, Update((place, 0)));
        Interprocessor.Serve = null;
        Assert.Equal("held", string.Join(' ', seen));
        Assert.False(IsRemembered(1, SecondTable));
    }

    /// <summary>
    /// In one batch a table is taken out and its frame mapped writable: before it is, nobody walks through it any more, though the batch's own flush
    /// comes at its end.
    /// </summary>
    [Fact]
    public void NobodyWalksATableThatBecomesWritableInTheSameBatch()
    {
        ulong place = MakeSecondTable(), table = guest.Frames[Table].Value;
        RememberOnBoth(SecondTable);
        Assert.Contains((table, 1), Translations.TablesOf(1));
        bool wasSeen = false;
        Moments.Pass = () =>
        {
            ref Frame frame = ref FrameTable.Of(guest.Frames[Table]);
            if (frame.Type != FrameType.Writable || frame.TypeCount == 0)
                return;
            wasSeen = true;
            Assert.DoesNotContain((table, 1), Translations.TablesOf(0));
            Assert.DoesNotContain((table, 1), Translations.TablesOf(1));
        };
        ulong window = guest.Frames[3].Address + Page * 8;
        ulong writable = TinyGuest.Entry(guest.Frames[Table], writable: true);
        Assert.Equal(0, Update((place, 0), (window, writable), (window, writable)));
        Moments.Pass = null;
        Assert.True(wasSeen, "there was no moment between the second request and the batch's flush");
    }

    [Fact]
    public void InvalidatePageLocalForgetsThePage()
    {
        RememberOnBoth(address);
        Assert.Equal(0, Extended(new() { Command = MmuExtendedCommand.InvalidatePageLocal, Argument1 = address }));
        Assert.False(IsRemembered(0, address));
        Assert.True(IsRemembered(1, address));
    }

    [Fact]
    public void InvalidatePageAllForgetsThePageEverywhere()
    {
        RememberOnBoth(address);
        Assert.Equal(0, Extended(new() { Command = MmuExtendedCommand.InvalidatePageAll, Argument1 = address }));
        Assert.False(IsRemembered(0, address));
        Assert.False(IsRemembered(1, address));
    }

    [Theory]
    [InlineData(1ul, false, true)]
    [InlineData(2ul, true, false)]
    [InlineData(3ul, false, false)]
    public void InvalidatePageMultiForgetsItOnThoseThatItNames(ulong vcpus, bool here, bool there)
    {
        RememberOnBoth(address);
        TinyGuest.Store(TinyGuest.AddressOf(12), vcpus);
        Assert.Equal(0, Extended(new()
            { Command = MmuExtendedCommand.InvalidatePageMulti, Argument1 = address, Argument2 = TinyGuest.AddressOf(12) }));
        Assert.Equal((here, there), (IsRemembered(0, address), IsRemembered(1, address)));
    }

    [Fact]
    public void TheSameRootAgainForgetsAll()
    {
        RememberOnBoth(address);
        Assert.Equal(0, Extended(new() { Command = MmuExtendedCommand.NewBasePointer, Argument1 = guest.Vcpu.KernelRoot >> 12 }));
        Assert.False(IsRemembered(0, address));
    }

    [Theory]
    [InlineData((ulong)UpdateVaFlags.TlbFlush, false, true)]
    [InlineData((ulong)UpdateVaFlags.InvalidatePage, false, true)]
    [InlineData((ulong)UpdateVaFlags.TlbFlush | (ulong)UpdateVaFlags.All, false, false)]
    [InlineData((ulong)UpdateVaFlags.InvalidatePage | (ulong)UpdateVaFlags.All, false, false)]
    public void UpdateVaMappingForgetsAsItIsTold(ulong flags, bool here, bool there)
    {
        RememberOnBoth(address);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, address, 0, flags));
        Assert.Equal((here, there), (IsRemembered(0, address), IsRemembered(1, address)));
    }

    /// <summary>The entry is writable by now, what is remembered is not: the fault is spurious, and the guest goes on.</summary>
    [Fact]
    public void ASpuriousWriteFaultForgetsThePage()
    {
        On(0, ref guest.Vcpu);
        Assert.Equal(0, guest.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables));
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, address, TinyGuest.Entry(guest.Frames[Page], writable: false), 0));
        TinyGuest.Load<ulong>(address);
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, address, TinyGuest.Entry(guest.Frames[Page], writable: true), 0));
        Assert.True(IsRemembered(0, address));
        ulong before = guest.Vcpu.Registers.Rip;
        PageFault.Handle(ref guest.Vcpu, address, 7);
        Assert.Equal(before, guest.Vcpu.Registers.Rip);
        Assert.False(IsRemembered(0, address));
    }
}
