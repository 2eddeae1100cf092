using System.Collections.Generic;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>
/// A frame of RAM has one cache attribute, which its owner chooses if it has hardware; nothing is a table, or another's, while a cache and memory may
/// hold two contents of it.
/// </summary>
public sealed class CacheAttributeTests
{
    private const ulong Combining = PageTableEntry.AttributeTable, Uncached = PageTableEntry.CacheDisable;
    private const int Page = 20, Window = 100, Second = 101;

    private readonly TinyGuest initial, user;
    private readonly Table<ulong> recount;

    public CacheAttributeTests()
    {
        TestMachine.Start();
        Assert.True(FrameAllocator.TryTake(4, out Mfn memory));
        recount = new Table<ulong>(memory.Address, FrameTable.All.Length);
        initial = new TinyGuest("initial", initial: true);
        user = new TinyGuest("user");
        initial.Enter();
        Journal.Clear();
    }

    private static ulong Slot(TinyGuest guest, int index) => Arena.Words(guest.Frames[3])[index];

    private static ulong AttributeAt(TinyGuest guest, int index) => Slot(guest, index) & PageTableEntry.CacheMask;

    private static long Map(TinyGuest guest, int index, Mfn frame, ulong attribute, bool writable = true)
        => guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(index), TinyGuest.Entry(frame, writable) | attribute, 2);

    private static long MapOthers(TinyGuest guest, int index, Mfn frame, ulong attribute, ushort owner)
        => guest.Call(Hypercall.UpdateVaMappingOtherDomain, TinyGuest.AddressOf(index), TinyGuest.Entry(frame, writable: true) | attribute, 2, owner);

    private static long Unmap(TinyGuest guest, int index) => guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(index), 0, 2);

    private void Agrees() => Assert.Equal([], FrameOracle.Look(recount));

    /// <summary>As Linux does it: the kernel's own mapping is changed in its place, and every further one is like it.</summary>
    [Fact]
    public void TheOnlyEntryChoosesAndTheOthersFollow()
    {
        Assert.Equal(0, Map(initial, Page, initial.Frames[Page], Combining));
        Assert.Equal((Combining, 1), (AttributeAt(initial, Page), Journal.Count(Act.WriteBackCaches)));
        Assert.Equal(0, Map(initial, Window, initial.Frames[Page], Combining));
        Assert.Equal(0, Map(initial, Second, initial.Frames[Page], Uncached, writable: false));
        Assert.Equal((Combining, Combining), (AttributeAt(initial, Window), AttributeAt(initial, Second)));
        Agrees();
        // Not as long as there are others.
        Assert.Equal(0, Map(initial, Page, initial.Frames[Page], 0));
        Assert.Equal((Combining, 1), (AttributeAt(initial, Page), Journal.Count(Act.WriteBackCaches)));
        Assert.Equal(0, Unmap(initial, Window));
        Assert.Equal(0, Unmap(initial, Second));
        Assert.Equal(0, Map(initial, Page, initial.Frames[Page], 0));
        Assert.Equal((0ul, 2), (AttributeAt(initial, Page), Journal.Count(Act.WriteBackCaches)));
        Agrees();
    }

    [Fact]
    public void AFrameThatIsMappedElsewhereKeepsItsAttribute()
    {
        Assert.Equal(0, Map(initial, Window, initial.Frames[Page], 0));
        Assert.Equal(0, Map(initial, Page, initial.Frames[Page], Uncached));
        Assert.Equal(0, Map(initial, Second, initial.Frames[Page], Combining));
        Assert.Equal((0ul, 0ul, 0), (AttributeAt(initial, Page), AttributeAt(initial, Second), Journal.Count(Act.WriteBackCaches)));
        Agrees();
    }

    [Fact]
    public void WithoutHardwareNoneIsChosen()
    {
        user.Enter();
        foreach (ulong attribute in (ulong[])[Combining, Uncached, PageTableEntry.WriteThrough])
        {
            Assert.Equal(-(long)Errno.Inval, Map(user, Page, user.Frames[Page], attribute));
            Assert.Equal(-(long)Errno.Inval, Map(user, Page, user.Frames[Page], attribute, writable: false));
            Assert.Equal(-(long)Errno.Inval, Map(user, Page, new Mfn(0xb8), attribute));
        }
        Assert.Equal(0ul, AttributeAt(user, Page));
    }

    /// <summary>Whoever maps a frame of another's has it as the owner has it, and chooses nothing even where the owner does not map it.</summary>
    [Fact]
    public void AMappingOfAnothersFrameIsLikeItsOwners()
    {
        Mfn frame = user.Frames[Page];
        user.Enter();
        Assert.Equal(0, Unmap(user, Page));
        initial.Enter();
        Assert.Equal(0, MapOthers(initial, Window, frame, Combining, user.Id));
        Assert.Equal(0ul, AttributeAt(initial, Window));
        Agrees();
        user.Enter();
        Assert.Equal(0, Map(user, Page, frame, 0));
        Agrees();
    }

    /// <summary>The user of a grant reads the owner's attribute in its entry, and may write that again, but no other.</summary>
    [Fact]
    public void AGrantedFrameIsMappedAsItsOwnerMapsIt()
    {
        Mfn frame = initial.Frames[Page];
        Assert.Equal(0, Map(initial, Page, frame, Combining));
        initial.Domain.Memory.MaximumPages += 8;
        Assert.Equal(Errno.None, Granted(frame, 0, out ulong entry));
        Assert.Equal(Combining, entry & PageTableEntry.CacheMask);
        Agrees();
        Assert.Equal(Errno.None, Granted(frame, Combining, out entry));
        Assert.Equal(Combining, entry & PageTableEntry.CacheMask);
        Assert.Equal(Errno.Inval, Granted(frame, Uncached, out _));
    }

    private Errno Granted(Mfn frame, ulong attribute, out ulong stored)
    {
        // As a mapping by a grant takes it: the entry is the user's, the frame is the granter's.
        ref ulong slot = ref Arena.Words(user.Frames[3])[Window];
        Errno error = Level1Entries.Replace(ref slot, TinyGuest.Entry(frame, writable: false) | attribute, 0, initial.Id, ref user.Domain);
        stored = slot;
        Level1Entries.Replace(ref slot, 0, 0, user.Id, ref user.Domain);
        return error;
    }

    /// <summary>What was written round the caches is seen by them before the frame is a table; while it is mapped so it is none.</summary>
    [Fact]
    public void ATableIsWrittenBackFirst()
    {
        Mfn frame = initial.Frames[Page];
        Arena.Words(frame).Clear();
        Assert.Equal(0, Map(initial, Page, frame, Uncached));
        Assert.Equal(0, Map(initial, Page, frame, Uncached, writable: false));
        Assert.Equal(-(long)Errno.Inval, Pin(frame));
        Assert.Equal(0, Map(initial, Page, frame, 0, writable: false));
        int before = Journal.Count(Act.WriteBackCaches);
        Assert.Equal(0, Pin(frame));
        Assert.Equal(before + 1, Journal.Count(Act.WriteBackCaches));
        Agrees();
        // And a table gets no other attribute.
        Assert.Equal(0, Map(initial, Page, frame, Uncached, writable: false));
        Assert.Equal(0ul, AttributeAt(initial, Page));
        Agrees();
    }

    private long Pin(Mfn frame)
    {
        TinyGuest.Store(TinyGuest.AddressOf(11), new MmuExtendedOperation { Command = MmuExtendedCommand.PinL1Table, Argument1 = frame.Value });
        return initial.Call(Hypercall.MmuExtendedOp, TinyGuest.AddressOf(11), 1, 0, DomainIds.Self);
    }

    /// <summary>A frame that is given back is nothing but a free frame.</summary>
    [Fact]
    public void AFrameThatIsGivenBackIsLikeOthers()
    {
        Mfn frame = initial.Frames[Page];
        Assert.Equal(0, Map(initial, Page, frame, Uncached));
        Assert.Equal(0, Unmap(initial, Page));
        Assert.True(FrameTable.Of(frame).Has(Frame.Attributed));
        Assert.True(Allocations.TryTakeBack(ref initial.Domain, frame));
        Assert.False(FrameTable.Of(frame).Has(Frame.Attributed));
        Agrees();
    }

    /// <summary>An exchange that cannot be done puts the frame back, and that its lines are to be written back is not forgotten by that.</summary>
    [Fact]
    public void AnExchangeThatFailsForgetsNothing()
    {
        Mfn frame = initial.Frames[Page];
        Assert.Equal(0, Map(initial, Page, frame, Uncached));
        Assert.Equal(0, Unmap(initial, Page));
        TinyGuest.Store(TinyGuest.AddressOf(12), frame.Value);
        var exchange = new MemoryExchange();
        (exchange.In.ExtentStart, exchange.In.ExtentCount, exchange.In.Domain) = (TinyGuest.AddressOf(12), 1, DomainIds.Self);
        (exchange.Out.ExtentStart, exchange.Out.ExtentCount, exchange.Out.Domain) = (TinyGuest.AddressOf(12) + 8, 1, DomainIds.Self);
        exchange.Out.Flags = (MemoryFlags)13;
        Assert.Equal(-(long)Errno.NoMem, initial.Ask(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, exchange).Result);
        Assert.True(FrameTable.Of(frame).Has(Frame.Attributed));
        Arena.Words(frame).Clear();
        Assert.Equal(0, Map(initial, Page, frame, 0, writable: false));
        int before = Journal.Count(Act.WriteBackCaches);
        Assert.Equal(0, Pin(frame));
        Assert.Equal(before + 1, Journal.Count(Act.WriteBackCaches));
        Agrees();
    }

    /// <summary>The entries of a new table have what their frames have, and choose nothing: that would make taking it long.</summary>
    [Fact]
    public void ATableThatIsValidatedChoosesNothing()
    {
        Mfn table = initial.Frames[Page], first = initial.Frames[Page + 1], second = initial.Frames[Page + 2];
        Assert.Equal(0, Map(initial, Page + 1, first, Uncached));
        Assert.Equal(0, Unmap(initial, Page + 1));
        Assert.Equal(0, Unmap(initial, Page + 2));
        Arena.Words(table).Clear();
        (Arena.Words(table)[3], Arena.Words(table)[4]) = (TinyGuest.Entry(first, true), TinyGuest.Entry(first, false) | Combining);
        Arena.Words(table)[5] = TinyGuest.Entry(second, true) | Combining;
        Assert.Equal(0, Map(initial, Page, table, 0, writable: false));
        int before = Journal.Count(Act.WriteBackCaches);
        Assert.Equal(0, Pin(table));
        Assert.Equal([Uncached, Uncached, 0ul], (IEnumerable<ulong>)[AttributeIn(table, 3), AttributeIn(table, 4), AttributeIn(table, 5)]);
        Assert.Equal(before, Journal.Count(Act.WriteBackCaches));
        Agrees();
    }

    /// <summary>As Linux makes a table of a page that was write-combining while others mapped it: its own mapping becomes read-only first.</summary>
    [Fact]
    public void APageThatOthersMappedBecomesATable()
    {
        Mfn frame = initial.Frames[Page];
        Arena.Words(frame).Clear();
        Assert.Equal(0, Map(initial, Page, frame, Combining));
        Assert.Equal(0, Map(initial, Window, frame, Combining));
        Assert.Equal(0, Map(initial, Page, frame, 0));
        Assert.Equal(Combining, AttributeAt(initial, Page));
        Assert.Equal(0, Unmap(initial, Window));
        Assert.Equal(0, Map(initial, Page, frame, 0, writable: false));
        Assert.Equal(0ul, AttributeAt(initial, Page));
        Assert.Equal(0, Pin(frame));
        Agrees();
    }

    private static ulong AttributeIn(Mfn table, int index) => Arena.Words(table)[index] & PageTableEntry.CacheMask;

    /// <summary>An emulated write that finds another entry than it looked for leaves the attribute as it was.</summary>
    [Fact]
    public void AnExchangeThatFailsChangesNothing()
    {
        ref ulong slot = ref Arena.Words(initial.Frames[3])[Page];
        ulong before = slot, expected = before ^ PageTableEntry.Dirty;
        Assert.Equal(Errno.Again, Level1Entries.ReplaceExact(ref slot, before | Uncached, ref initial.Domain, expected));
        Assert.Equal(before, slot);
        Assert.Equal(0ul, CacheAttributes.Of(FrameTable.Of(initial.Frames[Page])));
        Agrees();
        Assert.Equal(Errno.None, Level1Entries.ReplaceExact(ref slot, before | Uncached, ref initial.Domain, before));
        Assert.Equal(Uncached, AttributeAt(initial, Page));
        Agrees();
    }
}
