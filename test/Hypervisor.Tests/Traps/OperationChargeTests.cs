using System;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Traps;

/// <summary>
/// Operations of mmuext_op go 32 to a call and 64 calls to a batch, so what one of them goes through is charged, though it stops nowhere itself.
/// </summary>
public sealed class OperationChargeTests
{
    private const int First = 20, Second = 21, Vcpus = 32, Operations = 11;

    private TinyGuest guest = null!;

    private void Begin(string arguments = "")
    {
        TestMachine.Start(arguments: arguments, load: FirmwareTables.Processors(2));
        guest = new TinyGuest("guest", vcpus: Vcpus);
        guest.Enter();
    }

    private static long Left => Preemption.Left;

    private static long CostOf(Action act)
    {
        Preemption.Begin();
        long before = Left;
        act();
        return before - Left;
    }

    private void Extended(MmuExtendedCommand command, ulong argument, ulong other = 0)
    {
        TinyGuest.Store(TinyGuest.AddressOf(Operations), new MmuExtendedOperation { Command = command, Argument1 = argument, Argument2 = other });
        Assert.Equal(0, guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(Operations), 1, 0, DomainIds.Self));
    }

    /// <summary>A pinned top-level table in which every entry that is not the hypervisor's names a table.</summary>
    private void MakeFullRoot(int frame)
    {
        Span<ulong> words = Arena.Words(guest.Frames[frame]);
        words.Fill(TinyGuest.Entry(guest.Frames[1], writable: true));
        words.Slice(Layout.FirstSlot, Layout.SlotCount).Clear();
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(frame), TinyGuest.Entry(guest.Frames[frame], writable: false), 0));
        Extended(MmuExtendedCommand.PinL4Table, guest.Frames[frame].Value);
    }

    /// <summary>Two full tables named in turn: 2048 of these in a batch held the lock for more than ten million instructions.</summary>
    [Fact]
    public void ACopyOfARootIsChargedByWhatIsCopied()
    {
        const long full = (long)(Cost.RootCopy + (PageTableEntry.Count - Layout.SlotCount) / TableScan.GroupSize * Cost.RootGroup);
        Begin("xpti=on");
        MakeFullRoot(First);
        MakeFullRoot(Second);
        for (int turn = 0; turn < 2; turn++)
        {
            Assert.InRange(CostOf(() => Extended(MmuExtendedCommand.NewBasePointer, guest.Frames[First].Value)), full, 2 * full);
            Assert.InRange(CostOf(() => Extended(MmuExtendedCommand.NewUserBasePointer, guest.Frames[First].Value)), full, 2 * full);
            Assert.InRange(CostOf(() => Extended(MmuExtendedCommand.NewBasePointer, guest.Frames[Second].Value)), full, 2 * full);
            Assert.InRange(CostOf(() => Extended(MmuExtendedCommand.NewUserBasePointer, guest.Frames[Second].Value)), full, 2 * full);
        }
    }

    [Fact]
    public void ProcessorsThatMayHaveACopyAreCharged()
    {
        Begin("xpti=on");
        Assert.Equal(2 * (long)Cost.ProcessorSeen, CostOf(() => LoadedRoots.Store(ref Arena.Words(guest.Frames[0])[300], 0, 0)));
    }

    /// <summary>A domain most of whose virtual CPUs are nowhere: nobody is asked, but all are looked at.</summary>
    [Fact]
    public void WhoIsLookedAtForAFlushIsCharged()
    {
        Begin();
        Assert.Equal(Vcpus * (long)Cost.Vcpu, CostOf(() => Flushes.Of(ref guest.Vcpu, ulong.MaxValue)));
        Assert.Equal(Vcpus * (long)Cost.Vcpu, CostOf(() => Flushes.PageOf(ref guest.Vcpu, new(0), ulong.MaxValue)));
        Assert.Equal(2 * (long)Cost.ProcessorSeen, CostOf(() => Flushes.BeforeNewType(ref FrameTable.Of(guest.Frames[First]))));
    }

    [Fact]
    public void AnLdtThatChangesIsCharged()
    {
        Begin();
        for (int turn = 0; turn < 4; turn++)
        {
            ulong address = TinyGuest.AddressOf(First + turn % 2);
            Assert.InRange(CostOf(() => Extended(MmuExtendedCommand.SetLdt, address, 512)), (long)Cost.LocalTable, 2 * (long)Cost.LocalTable);
        }
    }

    /// <summary>Caches are written back for milliseconds: one in a share, where a batch of 2048 held the lock for seconds.</summary>
    [Fact]
    public void CachesAreWrittenBackOnceInAShare()
    {
        const int operations = 5;
        Begin();
        guest = new TinyGuest("Domain-0", initial: true);
        guest.Enter();
        for (int index = 0; index < operations; index++)
        {
            MmuExtendedCommand command = index % 2 == 0 ? MmuExtendedCommand.FlushCache : MmuExtendedCommand.FlushCacheGlobal;
            TinyGuest.Store(TinyGuest.AddressOf(Operations) + (ulong)index * 24, new MmuExtendedOperation { Command = command });
        }

        int stops = 0;
        TinyGuest.WhileStopped = () => stops++;
        Assert.Equal(0, guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(Operations), operations, 0, DomainIds.Self));
        TinyGuest.WhileStopped = null;
        Assert.Equal(operations - 1, stops);
    }

    /// <summary>There is an element for each 2 MiB of the machine-to-physical table: a thousand where the machine has a tebibyte.</summary>
    [Fact]
    public void EachElementOfTheMachinesListsIsCharged()
    {
        Begin();
        guest = new TinyGuest("Domain-0", initial: true);
        guest.Enter();
        var frames = new MachphysMfnList { MaxExtents = 8, ExtentStart = TinyGuest.AddressOf(13) };
        var map = new MemoryMap { EntryCount = 64, Buffer = TinyGuest.AddressOf(13) };
        Assert.Equal((long)Cost.SmallRecord, CostOf(() => guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MachphysMfnList, frames)));
        // RAM, and behind it the I/O APIC and what the local APICs have.
        Assert.Equal(3 * (long)Cost.SmallRecord, CostOf(() => guest.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.MachineMemoryMap, map)));
    }
}
