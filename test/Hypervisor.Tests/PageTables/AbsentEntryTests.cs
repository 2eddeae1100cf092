using Serai.Abi;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>
/// Entries that are not present: what a processor with L1TF would read through them is refused on each way into a table and at each level, and what
/// names no RAM, as Linux writes it, is the guest's business.
/// </summary>
public sealed class AbsentEntryTests
{
    private const int Page = 20, Table = 21, Upper = 22;
    private const ulong Inverted = PageTableEntry.FrameMask & ~0x12_3000ul | 0x100, SwapAboveMask = 1ul << 62;

    private TinyGuest guest = null!;

    private void Begin(bool guarded)
    {
        TestMachine.Start(arguments: guarded ? "pv-l1tf=on" : "");
        guest = new TinyGuest("one");
        guest.Enter();
        Assert.Equal(0, guest.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables));
    }

    private long Update(Mfn table, int slot, ulong entry, MmuUpdateCommand command = MmuUpdateCommand.NormalUpdate)
    {
        ulong pointer = (table.Address + 8 * (ulong)slot) | (ulong)command;
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuUpdateRequest { Pointer = pointer, Value = entry });
        return guest.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    private long Pin(MmuExtendedCommand command, int frame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuExtendedOperation { Command = command, Argument1 = guest.Frames[frame].Value });
        return guest.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    private void MapReadOnly(int frame)
        => Assert.Equal(0, guest.Call(
            Hypercall.UpdateVaMapping, TinyGuest.AddressOf(frame), TinyGuest.Entry(guest.Frames[frame], writable: false), 0));

    private ulong Absent(int frame) => guest.Frames[frame].Address | 0x100;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, -(long)Errno.Inval)]
    public void AStoreIsRefusedAtEachLevel(bool guarded, long refused)
    {
        Begin(guarded);
        Assert.Equal(refused, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Page), Absent(Page), 0));
        Assert.Equal(refused, Update(guest.Frames[3], Page, 0x1000));
        Assert.Equal(refused, Update(guest.Frames[3], Page, Absent(Page), MmuUpdateCommand.PreserveAccessedDirty));
        for (int level = 4; level > 1; level--)
            Assert.Equal(refused, Update(guest.Frames[4 - level], 40, Absent(Page)));
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(0x100ul)]
    [InlineData(Inverted)]
    [InlineData(SwapAboveMask)]
    public void WhatNamesNoRamIsStored(ulong entry)
    {
        Begin(guarded: true);
        Assert.Equal(0, Update(guest.Frames[3], Page, entry));
        Assert.Equal(entry, Arena.Words(guest.Frames[3])[Page]);
    }

    /// <summary>
    /// A large page at address 0 is not empty: at level 3 it is the first GiB. One that seems to lie behind RAM may begin below.
    /// </summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, -(long)Errno.Inval)]
    public void ALargePageIsRefusedWhereverItSeemsToBe(bool guarded, long refused)
    {
        Begin(guarded);
        for (int level = 4; level > 1; level--)
        {
            Assert.Equal(refused, Update(guest.Frames[4 - level], 40, PageTableEntry.LargePage));
            Assert.Equal(refused, Update(guest.Frames[4 - level], 40, PageTableEntry.LargePage | 1ul << 29));
            Assert.Equal(0, Update(guest.Frames[4 - level], 40, 0));
        }
        Assert.Equal(0, Update(guest.Frames[3], Page, PageTableEntry.LargePage));
        TinyGuest.Store(TinyGuest.AddressOf(Table) + 16, PageTableEntry.LargePage);
        TinyGuest.Store(TinyGuest.AddressOf(Upper) + 16, PageTableEntry.LargePage);
        MapReadOnly(Table);
        MapReadOnly(Upper);
        Assert.Equal(refused, Pin(MmuExtendedCommand.PinL2Table, Table));
        Assert.Equal(refused, Pin(MmuExtendedCommand.PinL3Table, Upper));
        Assert.Equal([], FrameOracle.Look(null));
    }

    /// <summary>A processor that has 40 bits of an address would look at these alone.</summary>
    [Fact]
    public void BitsThatTheProcessorDoesNotHaveDoNotHelp()
    {
        Begin(guarded: true);
        Assert.Equal(-(long)Errno.Inval, Update(guest.Frames[3], Page, Absent(Page) | 1ul << 45));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, -(long)Errno.Inval)]
    public void ATableThatHasOneIsNone(bool guarded, long refused)
    {
        Begin(guarded);
        TinyGuest.Store(TinyGuest.AddressOf(Table) + 8, TinyGuest.Entry(guest.Frames[Page], writable: true));
        TinyGuest.Store(TinyGuest.AddressOf(Table) + 16, Absent(Page));
        TinyGuest.Store(TinyGuest.AddressOf(Upper) + 16, Absent(Page));
        MapReadOnly(Table);
        MapReadOnly(Upper);
        Assert.Equal(refused, Pin(MmuExtendedCommand.PinL1Table, Table));
        Assert.Equal(refused, Pin(MmuExtendedCommand.PinL3Table, Upper));
        Assert.Equal([], FrameOracle.Look(null));
    }

    /// <summary>mov %rax, (%rdi) and xchg %rax, (%rdi) and the byte-wide and, to an entry that stands in a read-only page.</summary>
    [Theory]
    [InlineData(new byte[] { 0x48, 0x89, 0x07 })]
    [InlineData(new byte[] { 0x48, 0x87, 0x07 })]
    [InlineData(new byte[] { 0x80, 0x27, 0xfe })]
    public void AnEmulatedStoreIsAFaultOfTheGuests(byte[] code)
    {
        Begin(guarded: true);
        const ulong text = TinyGuest.Origin + 12 * Mfn.Size;
        for (int index = 0; index < code.Length; index++)
            TinyGuest.Store(text + (ulong)index, code[index]);
        ulong place = TinyGuest.AddressOf(3) + 8 * Page, before = Arena.Words(guest.Frames[3])[Page];
        (guest.Vcpu.Registers.Rip, guest.Vcpu.Registers.Rdi, guest.Vcpu.Registers.Rax) = (text, place, Absent(Page));
        PageFault.Handle(ref guest.Vcpu, place, 7);
        Assert.Equal(before, Arena.Words(guest.Frames[3])[Page]);
    }
}
