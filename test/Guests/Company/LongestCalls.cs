using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Company;

/// <summary>
/// The longest a guest can ask for in one call, of each kind; a machine whose image watches its lock then tells how long it was held at most.
/// Trees of full tables, lists of whole tables to exchange, a block of a gigabyte, ports that are closed and still queued: all must be done, and
/// none in one piece. For the initial domain, since only it may have blocks of that size.
/// </summary>
internal static class LongestCalls
{
    private const int Tables = 200, Requests = 2048, List = Requests / 256;
    private const uint Gigabyte = 18;
    private const ulong Queues = 128;

    internal static void Run()
    {
        ulong lower = Frames.Take(), top = Frames.Take(), data = Frames.Take();
        Fill(lower, data);
        Frames.Words(top)[0] = Entries.Make(Frames.Of(lower), Entries.Table);
        Verdict.ExpectDone(Frames.Protect(lower) | Frames.Protect(top), "read-only tables"u8);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(top), 3), "the pin of a tree of full tables"u8);
        ExchangeTables(Frames.Of(lower));
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(top)), "the unpin of the tree"u8);
        MapMany(data);
        FillTheConsole(data);
        Block(Gigabyte);
        QueueClosedPorts();
    }

    /// <summary>A table of level 2 over full ones, whose every entry maps the same page.</summary>
    private static void Fill(ulong lower, ulong data)
    {
        ulong scratch = Frames.Take(), own = Frames.Of(scratch);
        Frames.Words(scratch).Fill(Entries.Make(Frames.Of(data), Entries.ReadWrite));
        for (int index = 0; index < Tables; index++)
        {
            ulong frame = Frames.TakeUnmapped();
            Verdict.ExpectDone(Mmu.Extended(MmuExtendedCommand.CopyPage, frame, own), "a copied table"u8);
            Frames.Words(lower)[index] = Entries.Make(frame, Entries.Table);
        }
    }

    /// <summary>A list of requests, each of which takes a full table out of the tree or puts it back.</summary>
    private static void ExchangeTables(ulong lower)
    {
        ulong list = TakeList();
        ReadOnlySpan<ulong> entries = Frames.Words(Frames.AddressOf(lower));
        for (int index = 0; index < Requests; index++)
        {
            int entry = index % Tables;
            bool leaves = index / Tables % 2 == 0;
            Put(list, index, (lower << 12) + (ulong)entry * 8, leaves ? 0 : entries[entry]);
        }

        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuUpdate, list, Requests, 0, DomainIds.Self), "2048 tables exchanged"u8);
    }

    /// <summary>A list of requests that map a page and take the mapping back.</summary>
    private static void MapMany(ulong data)
    {
        ulong list = TakeList(), window = Frames.Take();
        ulong place = Entries.MachineAddress(window, 1);
        for (int index = 0; index < Requests; index++)
            Put(list, index, place, index % 2 == 0 ? Entries.Make(Frames.Of(data), Entries.ReadWrite) : 0);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.MmuUpdate, list, Requests, 0, DomainIds.Self), "2048 mappings"u8);
    }

    private static ulong TakeList()
    {
        ulong list = Frames.Take();
        for (int page = 1; page < List; page++)
            Frames.Take();
        return list;
    }

    private static unsafe void Put(ulong list, int index, ulong pointer, ulong value)
    {
        ulong* request = (ulong*)list + (index * 2);
        (request[0], request[1]) = (pointer, value);
    }

    private static void FillTheConsole(ulong data)
    {
        const ulong longest = 4096;
        Frames.Words(data).Fill(0x2e2e_2e2e_2e2e_2e2e);
        Frames.Words(data)[511] = 0x0a2e_2e2e_2e2e_2e2e;
        if (Guest.IsInitial)
            Verdict.ExpectDone(Hypercalls.Call(Hypercall.ConsoleIo, (ulong)ConsoleIoCommand.Write, longest, data), "a page on the console"u8);
    }

    /// <summary>A block of frames in one piece, given and taken back.</summary>
    private static void Block(uint order)
    {
        ulong page = Frames.Take();
        Frames.Words(page)[0] = 0x10_0000;
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.PopulatePhysmap, page, 1, order), 1, "a gigabyte in one piece"u8);
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.DecreaseReservation, page, 1, order), 1, "the gigabyte back"u8);
        Frames.Words(page)[0] = 0x10_0000;
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.PopulatePhysmap, page, 1, order), 1, "the gigabyte again"u8);
    }

    /// <summary>Every port is queued and closed; it is not free until it is taken from its queue, so there is none to find.</summary>
    private static void QueueClosedPorts()
    {
        Verdict.ExpectDone(FifoEvents.Begin((uint)Queues), "the FIFO form"u8);
        long first = Events.BindIpi(), last = first;
        for (long port = first; port > 0; port = Events.BindIpi())
            last = port;
        for (long port = first; port <= last; port++)
        {
            FifoEvents.Unmask(port);
            Events.Send(port);
        }

        for (long port = first; port <= last; port++)
            Events.Close(port);
        Verdict.ExpectError(Events.BindIpi(), Errno.NoSpc, "a port, though all are queued"u8);
    }
}
