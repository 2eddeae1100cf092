using System;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>
/// Entries that are rewritten in place with a few bits changed. This is what fast paths are for, and where a bit that decides gets forgotten: each
/// of the 64 bits is flipped at each level, by each way to write an entry, and what came of it is judged by the walk that shares no code with them.
/// </summary>
public sealed class EntryBitTests
{
    private readonly TinyGuest guest;
    private readonly Table<ulong> recount;

    public EntryBitTests()
    {
        TestMachine.Start();
        Assert.True(FrameAllocator.TryTake(4, out Mfn memory));
        recount = new Table<ulong>(memory.Address, FrameTable.All.Length);
        guest = new TinyGuest("one");
        guest.Enter();
    }

    private long Update(ulong pointer, ulong value, ulong command)
    {
        TinyGuest.Store(TinyGuest.AddressOf(12), pointer | command);
        TinyGuest.Store(TinyGuest.AddressOf(12) + 8, value);
        return guest.Call(Hypercall.MmuUpdate, TinyGuest.AddressOf(12), 1, 0, DomainIds.Self);
    }

    /// <summary>The frame of the guest's table of a level, and an index there that is not what holds up the guest.</summary>
    private (Mfn Table, int Index) PlaceAt(int level)
    {
        int index = level == 1 ? 20 : level == 4 ? 300 : 7;
        if (level > 1)
        {
            // A table of its own to hang there, empty.
            guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(20), TinyGuest.Entry(guest.Frames[20], writable: false), 2);
            Assert.Equal(0, Update(guest.Frames[4 - level].Address + (ulong)index * 8, TinyGuest.Entry(guest.Frames[20], writable: true), 0));
        }

        return (guest.Frames[4 - level], index);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    [InlineData(2, 2)]
    [InlineData(3, 0)]
    [InlineData(3, 2)]
    [InlineData(4, 0)]
    [InlineData(4, 2)]
    public void NoBitGoesUnseen(int level, ulong command)
    {
        (Mfn table, int index) = PlaceAt(level);
        ulong good = DirectMap.Table(table)[index];
        Assert.Equal(1ul, good & PageTableEntry.Present);
        for (int bit = 0; bit < 64; bit++)
        {
            ulong flipped = good ^ (1ul << bit), place = table.Address + (ulong)index * 8;
            bool done = Update(place, flipped, command) == 0;
            Judge($"bit {bit} of level {level}", table, index, done, flipped, good);
            // And back, by whatever way it goes.
            Assert.Equal(0, Update(place, good, 0));
            Judge($"bit {bit} of level {level} set back", table, index, true, good, good);
        }
    }

    [Fact]
    public void NoBitGoesUnseenByAddress()
    {
        (Mfn table, int index) = PlaceAt(1);
        ulong good = DirectMap.Table(table)[index];
        for (int bit = 0; bit < 64; bit++)
        {
            ulong flipped = good ^ (1ul << bit);
            bool done = guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(index), flipped) == 0;
            Judge($"bit {bit}", table, index, done, flipped, good);
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(index), good));
        }
    }

    private void Judge(string what, Mfn table, int index, bool done, ulong asked, ulong before)
    {
        const ulong bySet = PageTableEntry.User | PageTableEntry.Accessed | PageTableEntry.Dirty | PageTableEntry.GuestKernel;
        ulong stored = DirectMap.Table(table)[index];
        Assert.True(((stored ^ (done ? asked : before)) & ~bySet) == 0, $"{what}: {asked:x} was stored as {stored:x}");
        Assert.True((stored & 1) == 0 || (stored & (PageTableEntry.CacheMask | 1ul << 51 | 1ul << 45)) == 0, $"{what}: {stored:x} is stored");
        Assert.Equal([], FrameOracle.Look(recount));
    }
}
