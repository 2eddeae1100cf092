using System;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>
/// The tables that the processor loads for a guest are those that the guest has named, whenever it names others; where tables are split they are
/// copies, and an entry that changes changes there too.
/// </summary>
public sealed class LoadedRootsTests
{
    private const int Second = 20, Upper = 21;

    /// <summary>A slot of level 4 that nothing uses.</summary>
    private const int FreeSlot = 300;

    private TinyGuest guest = null!;

    private void Begin(bool split)
    {
        TestMachine.Start(arguments: split ? "xpti=on" : "", load: FirmwareTables.Processors(2));
        guest = new TinyGuest("one", vcpus: 2);
        guest.Enter();
    }

    private void OnBoth()
    {
        guest.Domain.Vcpu(1).KernelRoot = guest.Vcpu.KernelRoot;
        AddressSpaces.Get(ref guest.Domain.Vcpu(1), guest.Frames[0]);
        SimulatedProcessor.Number = 1;
        ContextSwitch.To(ref Processors.All[1].Value, ref guest.Domain.Vcpu(1));
        SimulatedProcessor.Number = 0;
    }

    /// <summary>A second top-level table: a copy of the first one's entries, mapped read-only as a table must be.</summary>
    private Mfn MakeSecondRoot()
    {
        Mfn second = guest.Frames[Second];
        TinyGuest.Store(TinyGuest.AddressOf(Second) + 8 * (ulong)PageTableEntry.Index(TinyGuest.Origin, 4),
            TinyGuest.Entry(guest.Frames[1], writable: true));
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Second), TinyGuest.Entry(second, writable: false), 0));
        return second;
    }

    private long Extended(MmuExtendedCommand command, Mfn frame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuExtendedOperation { Command = command, Argument1 = frame.Value });
        return guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    private long Update(Mfn table, int slot, ulong entry)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuUpdateRequest { Pointer = table.Address + 8 * (ulong)slot, Value = entry });
        return guest.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    private static (ulong Kernel, ulong User) Expected(in VirtualCpu vcpu, in ProcessorState processor)
        => SplitTables.AreOn
            ? (processor.KernelTable.Address, vcpu.UserRoot == 0 ? 0 : processor.UserTable.Address) : (vcpu.KernelRoot, vcpu.UserRoot);

    private void CheckLoaded()
    {
        Assert.Equal(Expected(guest.Vcpu, TestMachine.Processor), (guest.Vcpu.LoadedKernelRoot, guest.Vcpu.LoadedUserRoot));
        Assert.Equal([], FrameOracle.Look(null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ASwitchLoadsWhatIsNamed(bool split)
    {
        Begin(split);
        CheckLoaded();
        var other = new TinyGuest("other");
        other.Enter();
        Assert.Equal([], FrameOracle.Look(null));
        guest.Enter();
        CheckLoaded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ANewNameIsFollowed(bool split)
    {
        Begin(split);
        Mfn second = MakeSecondRoot();
        Assert.Equal(0, Extended(MmuExtendedCommand.NewUserBasePointer, second));
        CheckLoaded();
        Assert.Equal(0, Extended(MmuExtendedCommand.NewBasePointer, second));
        CheckLoaded();
        Assert.Equal(0, Extended(MmuExtendedCommand.NewUserBasePointer, default));
        CheckLoaded();
    }

    /// <summary>The same table is the kernel's on two processors and the applications' on one: three copies.</summary>
    [Fact]
    public void AnEntryChangesInAllCopies()
    {
        Begin(split: true);
        OnBoth();
        Assert.Equal(0, Extended(MmuExtendedCommand.NewUserBasePointer, guest.Frames[0]));
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Upper), TinyGuest.Entry(guest.Frames[Upper], writable: false), 0));
        Assert.Equal(0, Update(guest.Frames[0], FreeSlot, TinyGuest.Entry(guest.Frames[Upper], writable: true)));
        ulong stored = Arena.Words(guest.Frames[0])[FreeSlot];
        Assert.NotEqual(0ul, stored);
        ref ProcessorState here = ref Processors.All[0].Value, there = ref Processors.All[1].Value;
        Assert.Equal([stored, stored, stored], CopiesOf(FreeSlot, here.KernelTable, here.UserTable, there.KernelTable));
        Assert.Equal([], FrameOracle.Look(null));
        Assert.Equal(0, Update(guest.Frames[0], FreeSlot, 0));
        Assert.Equal([0, 0, 0], CopiesOf(FreeSlot, here.KernelTable, here.UserTable, there.KernelTable));
    }

    /// <summary>What the old entry named becomes free for other uses as soon as it is given back: by then no copy may name it.</summary>
    [Fact]
    public void ACopyChangesBeforeTheOldTableIsGivenBack()
    {
        Begin(split: true);
        OnBoth();
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Upper), TinyGuest.Entry(guest.Frames[Upper], writable: false), 0));
        Assert.Equal(0, Update(guest.Frames[0], FreeSlot, TinyGuest.Entry(guest.Frames[Upper], writable: true)));
        ref ulong slot = ref Arena.Words(guest.Frames[0])[FreeSlot];
        ulong old = LoadedRoots.Store(ref slot, 0, 0);
        Assert.Equal(1u, FrameTable.All[guest.Frames[Upper].Value].TypeCount);
        Assert.Equal([0, 0], CopiesOf(FreeSlot, Processors.All[0].Value.KernelTable, Processors.All[1].Value.KernelTable));
        LoadedRoots.Store(ref slot, old, 0);
    }

    private static ulong[] CopiesOf(int slot, params Mfn[] tables) => Array.ConvertAll(tables, table => Arena.Words(table)[slot]);

    [Fact]
    public void ACopyHasNothingOfTheTableBefore()
    {
        Begin(split: true);
        Mfn second = MakeSecondRoot();
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Upper), TinyGuest.Entry(guest.Frames[Upper], writable: false), 0));
        Assert.Equal(0, Update(guest.Frames[0], FreeSlot, TinyGuest.Entry(guest.Frames[Upper], writable: true)));
        Assert.Equal(0, Extended(MmuExtendedCommand.NewBasePointer, second));
        Assert.Equal([0], CopiesOf(FreeSlot, TestMachine.Processor.KernelTable));
        CheckLoaded();
    }
}
