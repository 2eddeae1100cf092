using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Tests.Histories;

/// <content>What is long enough to be done in parts: contexts with trees that nobody has looked at, and blocks of memory.</content>
internal sealed partial class MemoryWorld
{
    private const int TablesOfTree = 5, Trees = 2, DescriptorFrames = 2;

    /// <summary>The levels of a tree's tables; the one of level 3 names both of level 2.</summary>
    private static readonly int[] levels = [1, 2, 2, 3, 4];

    [InlineArray(512)]
    private struct PageOfWords
    {
        private ulong element;
    }

    /// <summary>
    /// A context whose two trees and pages of descriptors are new; now and then with something at an end that is refused. It is for a virtual CPU
    /// that has none, where there is one; and that may be let run then.
    /// </summary>
    private void GiveContext(uint a, uint b, uint c)
    {
        const int pages = Trees * TablesOfTree + DescriptorFrames;
        int first = (int)(8 + a % (FramesEach - 10 - pages));
        for (int page = first; page < first + pages; page++)
            MakeContextPage(first, page, b, c);
        uint number = WithoutContext(c);
        ulong place = PlaceContext(Context(first, b, c), first, pages, c);
        (IReadOnlyList<Mfn> before, int whose) = (inParts, inPartsOf);
        (inParts, inPartsOf) = ([.. guest.Frames.Skip(first).Take(pages)], self);
        inTheMaking = inParts[(int)(b % pages)];
        try
        {
            Call("context", Hypercall.VcpuOp, (ulong)VcpuCommand.Initialise, number, place);
        }
        finally
        {
            (inParts, inPartsOf, inTheMaking) = (before, whose, default);
        }

        if (c % 3 != 0)
            Call("up with a context", Hypercall.VcpuOp, (ulong)VcpuCommand.Up, number);
    }

    /// <summary>A virtual CPU that nobody has given a context yet, or any.</summary>
    private uint WithoutContext(uint number)
    {
        uint count = guest.Domain.VcpuCount;
        for (uint turn = 0; turn < count; turn++)
        {
            if (!guest.Domain.Vcpu((number % count + turn) % count).IsInitialised)
                return (number % count + turn) % count;
        }

        return number % count;
    }

    /// <summary>Makes a page writable, fills it as a table or descriptors, and takes write access away.</summary>
    private void MakeContextPage(int first, int page, uint b, uint c)
    {
        (int tree, int level) = ((page - first) / TablesOfTree, levels[(page - first) % TablesOfTree]);
        var words = new PageOfWords();
        for (int index = 0; index < 3; index++)
            words[(int)(b % 256 + 90 * (uint)index) % 256] = tree == Trees
                ? Picks.Descriptor(5) : ContextEntry(level, first + tree * TablesOfTree, b / 256 + (uint)index);
        if (tree < Trees && (b % 31 + (uint)page) % 31 == 0)
            words[511] = TinyGuest.Entry(guest.Frames[page], writable: true);
        if (tree == 0 && level == 4 && c % 8 != 0)
            words[PageTableEntry.Index(TinyGuest.Origin, level)] = TinyGuest.Entry(guest.Frames[1], writable: true);
        ulong entry = TinyGuest.Entry(guest.Frames[page], writable: true);
        Make(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), entry, 0);
        TinyGuest.TryStore(TinyGuest.AddressOf(page), words);
        Make(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page), entry & ~PageTableEntry.Writable, c % 4);
    }

    private ulong ContextEntry(int level, int tree, uint number) => level switch
    {
        1 => TinyGuest.Entry(guest.Frames[(int)(4 + number % (FramesEach - 4))], writable: number % 8 == 0),
        2 => TinyGuest.Entry(guest.Frames[tree], writable: true),
        3 => TinyGuest.Entry(guest.Frames[tree + 1 + (int)number % 2], writable: true),
        _ => TinyGuest.Entry(guest.Frames[tree + TablesOfTree - 2], writable: true),
    };

    private VcpuGuestContext Context(int first, uint b, uint c)
    {
        const uint mostPages = 14;
        var context = new VcpuGuestContext();
        Mfn kernel = guest.Frames[first + TablesOfTree - 1], user = guest.Frames[first + Trees * TablesOfTree - 1];
        context.ControlRegisters.Cr3 = c % 9 == 0 ? guest.Vcpu.KernelRoot : kernel.Address;
        context.ControlRegisters.UserPageTable = c % 5 == 0 ? 0 : user.Address;
        (context.KernelSp, context.UserRegs.Rip, context.UserRegs.Rsp) = (TinyGuest.AddressOf(20), TinyGuest.AddressOf(4), TinyGuest.AddressOf(20));
        uint pages = b / 4 % (b % 4 == 0 ? mostPages + 1 : 3);
        context.GdtEntries = pages == 0 ? 0 : pages * 512 - b % 512;
        for (int page = 0; page < pages; page++)
            context.GdtFrames.AsSpan()[page] = guest.Frames[first + Trees * TablesOfTree + page % DescriptorFrames].Value;
        if (pages != 0 && c % 3 == 0)
            context.GdtFrames.AsSpan()[(int)pages - 1] = guest.Frames[(int)(c / 3 % 8)].Value;
        return context;
    }

    /// <summary>Puts a context onto two pages that are not what it is about.</summary>
    private static ulong PlaceContext(in VcpuGuestContext context, int first, int pages, uint c)
    {
        for (uint turn = 0; turn < FramesEach - FirstArgument - 2; turn++)
        {
            int page = (int)(FirstArgument + (c % FramesEach + turn) % (FramesEach - FirstArgument - 2));
            if ((page + 1 < first || page >= first + pages) && TinyGuest.TryStore(TinyGuest.AddressOf(page), context))
                return TinyGuest.AddressOf(page);
        }

        return TinyGuest.AddressOf(FirstArgument);
    }

    /// <summary>Blocks of a domain that nothing refers to but their allocation.</summary>
    private static List<ulong> Unused(TinyGuest owner, int order)
    {
        var blocks = new List<ulong>();
        ulong size = 1ul << order;
        for (uint number = owner.Domain.Memory.FirstFrame; number != Hypervisor.Frames.Frame.Nil; number = FrameTable.All[number].Next)
        {
            if (number % size == 0 && Enumerable.Range(0, (int)size).All(index => IsUnused(new Mfn(number).Plus((ulong)index), owner.Id)))
                blocks.Add(number);
        }

        return blocks;
    }

    private static bool IsUnused(Mfn frame, ushort owner)
        => FrameTable.Exists(frame) && FrameTable.Of(frame) is var record && record.Owner == owner && record.Count == 1
            && record.Has(Hypervisor.Frames.Frame.Allocated) && !record.Has(Hypervisor.Frames.Frame.Shared);

    /// <summary>Whose memory it is about: its own, or, by the initial domain, now and then another's.</summary>
    private TinyGuest Subject(uint number)
    {
        TinyGuest other = guests[(int)(1 + number / 4 % 3)];
        return self == 0 && guest.Domain.Rights.IsInitial && number % 4 == 0 && other.IsAlive ? other : guest;
    }

    private MemoryReservation Reservation(TinyGuest owner, int order, int count, uint c)
    {
        uint bits = (c % 16) switch { 0 => 13, 1 => 22, 2 => 23, _ => 0 };
        return new MemoryReservation
        {
            ExtentOrder = (uint)order, ExtentCount = (ulong)count, Domain = owner == guest ? DomainIds.Self : owner.Id, Flags = (MemoryFlags)bits,
        };
    }

    /// <summary>Makes a call of memory_op with a reservation whose list lies behind it.</summary>
    private long Reserve(MemoryCommand command, MemoryReservation reservation, IEnumerable<ulong> list)
    {
        ulong place = Place([.. Words(reservation), .. list]);
        return TinyGuest.TryStore(place, place + 32) ? Make(Hypercall.MemoryOp, (ulong)command, place) : 0;
    }

    /// <summary>Blocks of one size for blocks of another, by chunks of several frames; the domain first asks for what it has not got.</summary>
    private void ExchangeBlocks(uint a, uint b, uint c)
    {
        int give = (int)(a % (SmallOrder + 1)), take = (int)(b % (SmallOrder + 1)), larger = Math.Max(give, take), chunks = (int)(1 + c % 2);
        int inputs = chunks << (larger - give), outputs = chunks << (larger - take);
        TinyGuest owner = Subject(c);
        List<ulong> list = Unused(owner, give);
        if (list.Count < inputs)
        {
            Reserve(MemoryCommand.IncreaseReservation, Reservation(owner, give, inputs - list.Count, 9), new ulong[inputs]);
            if (!owner.IsAlive || !guest.IsAlive)
                return;
            list = Unused(owner, give);
        }

        ulong[] frames = [.. Enumerable.Range(0, inputs).Select(index => index < list.Count ? list[index] : Frame(b).Value)];
        if (c % 12 == 0)
            frames[^1] = c % 24 == 0 ? frames[0] : Frame(a).Value;
        var exchange = new MemoryExchange();
        exchange.In = Reservation(owner, give, inputs, 9);
        exchange.Out = Reservation(owner, take, outputs, b);
        ulong place = Place([.. Words(exchange), .. frames, .. Enumerable.Range(0, outputs).Select(index => 100 + (ulong)index)]);
        ulong lists = place + (ulong)Unsafe.SizeOf<MemoryExchange>();
        if (TinyGuest.TryStore(place, lists) && TinyGuest.TryStore(place + 32, lists + (ulong)inputs * 8))
            Call($"exchange of order {give} for {take}", Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, place);
    }

    /// <summary>Extents that are given and taken in several pieces.</summary>
    private void Extents(uint a, uint b, uint c)
    {
        const int orders = 4, most = 2;
        int order = (int)(SmallOrder + a % orders);
        TinyGuest owner = Subject(c);
        List<ulong> held = [];
        for (int largest = SmallOrder + orders - 1; largest >= SmallOrder && b % 2 == 0 && held.Count == 0; largest--)
            (order, held) = (largest, Unused(owner, largest));
        bool giveBack = held.Count != 0;
        MemoryCommand command = giveBack ? MemoryCommand.DecreaseReservation
            : c % 2 == 0 ? MemoryCommand.IncreaseReservation : MemoryCommand.PopulatePhysmap;
        ulong[] list = giveBack ? [.. held.Take(most)] : [100, 200];
        long done = Reserve(command, Reservation(owner, order, giveBack ? list.Length : 1 + (int)(b / 2 % most), c / 2), list);
        Note($"{command} of order {order}", done > 0);
    }
}
