using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// Batches of calls on memory, drawn by chance from what is long: full tables validated and taken apart, whole trees of them, lists that end in the
/// middle of a call's budget, extents of every size below every limit of addresses, chunks exchanged, descriptor tables, each kind alone 64 times or
/// all in turn. What they answer does not matter; nobody may wait for any of them, and the guest must live.
/// </summary>
internal static unsafe class MemoryAtWorst
{
    private const int Rounds = 150, Tables = 6, Requests = 512, Descriptors = 28;

    private static readonly ulong[] tables = new ulong[Tables];
    private static ulong data, list, places, records, descriptors, upper, top;

    internal static void Run()
    {
        Chance.Begin(1);
        Prepare();
        for (int round = 0; round < Rounds; round++)
        {
            ulong kind = Chance.Below(16);
            ulong most = Chance.Of([1, 2, Batch.Capacity, Batch.Capacity]);
            for (ulong index = 0; index < most; index++)
                Add(kind < 12 ? kind : Chance.Below(12), index);
            Verdict.ExpectDone(Batch.Perform(), "a batch"u8);
        }
    }

    /// <summary>Tables of level 1, each full of mappings of one page, one table of level 2 that has nothing but these, and one above it.</summary>
    private static void Prepare()
    {
        data = Frames.Take();
        for (int index = 0; index < Tables; index++)
        {
            tables[index] = Frames.Take();
            ulong own = Frames.Of(index % 2 == 0 ? data : Frames.Take());
            Frames.Words(tables[index]).Fill(Entries.Make(own, index % 3 == 0 ? Entries.ReadOnly : Entries.ReadWrite));
            Frames.Protect(tables[index]);
        }

        upper = Frames.Take();
        for (int index = 0; index < 512; index++)
            Frames.Words(upper)[index] = Entries.Make(Frames.Of(tables[index % Tables]), Entries.Table);
        Frames.Protect(upper);
        top = Frames.Take();
        Frames.Words(top).Fill(Entries.Make(Frames.Of(upper), Entries.Table));
        Frames.Protect(top);
        list = Pages(2 * Requests * 16 / (int)Frames.PageBytes);
        places = Frames.Take();
        records = Pages(4);
        descriptors = Frames.Take();
        for (int page = 0; page < Descriptors; page++)
        {
            ulong table = Frames.Take();
            Frames.Words(table).Fill(0x00cf_f200_0000_ffff);
            Frames.Protect(table);
            Frames.Words(descriptors)[page] = Frames.Of(table);
        }
    }

    // Pages of the pool lie one after another.
    private static ulong Pages(int count)
    {
        ulong first = Frames.Take();
        for (int page = 1; page < count; page++)
            Frames.Take();
        return first;
    }

    private static void Add(ulong kind, ulong index)
    {
        ulong record = records + (index * 192);
        switch (kind)
        {
            case 0: AddTables(record, Frames.Of(tables[Chance.Below(Tables)]), 0); break;
            case 1: AddTables(record, Frames.Of(upper), 1); break;
            case 2: AddTables(record, Frames.Of(top), 2); break;
            case 3: AddUpdates(index % 2 == 0); break;
            case 4: AddStores(); break;
            case 5: AddExtent(record, index % 2 == 0 ? MemoryCommand.PopulatePhysmap : MemoryCommand.DecreaseReservation, 1); break;
            case 6: AddExtent(record, index % 2 == 0 ? MemoryCommand.IncreaseReservation : MemoryCommand.DecreaseReservation, 256); break;
            case 7: AddExchange(record); break;
            case 8: Batch.Add(Hypercall.SetGdt, descriptors + (index % 2 * Descriptors / 2 * 8), Descriptors / 2 * 512); break;
            case 9: AddClears(record, Chance.Below(2) == 0 ? MmuExtendedCommand.ClearPage : MmuExtendedCommand.CopyPage); break;
            case 10: AddFlushes(record); break;
            default: Batch.Add(Hypercall.MemoryOp, Chance.Below(40), record); break;
        }
    }

    private static void Put(ulong record, int place, MmuExtendedCommand command, ulong first, ulong second)
    {
        MmuExtendedOperation* operation = (MmuExtendedOperation*)record + place;
        (operation->Command, operation->Argument1, operation->Argument2) = (command, first, second);
    }

    /// <summary>Pins a table and unpins it, as often as a record has room for.</summary>
    private static void AddTables(ulong record, ulong frame, uint level)
    {
        for (int place = 0; place < 8; place++)
            Put(record, place, place % 2 == 0 ? (MmuExtendedCommand)level : MmuExtendedCommand.UnpinTable, frame, 0);
        Batch.Add(Hypercall.MmuExtendedOp, record, 8, 0, DomainIds.Self);
    }

    /// <summary>Entries of a table that come and go, first with all of a frame's references of a kind, then with none.</summary>
    private static void AddUpdates(bool present)
    {
        Mmu.Pin(Frames.Of(tables[0]), 1);
        ulong other = Frames.Of(places);
        for (ulong index = 0; index < 2 * Requests; index++)
        {
            ulong* request = (ulong*)(list + (index * 16));
            ulong entry = Entries.Make(index % 3 == 0 ? other : Frames.Of(data), Entries.ReadOnly);
            (request[0], request[1]) = ((Frames.Of(tables[0]) << 12) + (index % 512 * 8), present == (index % 2 == 0) ? entry : 0);
        }

        Batch.Add(Hypercall.MmuUpdate, list, 2 * Requests, 0, DomainIds.Self);
    }

    /// <summary>Requests that are none of a table's: stores into a plain page, and numbers of the machine's.</summary>
    private static void AddStores()
    {
        for (ulong index = 0; index < Requests; index++)
        {
            ulong* request = (ulong*)(list + (index * 16));
            bool number = Chance.Below(2) == 0;
            request[0] = (Frames.Of(places) << 12) + (number ? 1ul : index * 8);
            request[1] = number ? (places - 0xffff_ffff_8000_0000) / Frames.PageBytes : 0;
        }

        Batch.Add(Hypercall.MmuUpdate, list, Requests, 0, DomainIds.Self);
    }

    private static void Reservation(ref MemoryReservation reservation, ulong count, uint order)
    {
        reservation.ExtentStart = places;
        reservation.ExtentCount = count;
        reservation.ExtentOrder = order;
        reservation.Domain = DomainIds.Self;
        reservation.Flags = (MemoryFlags)Chance.Of([0, 0, 13, 20, 24, 27, 28, 30, 31, 32, 40]);
    }

    private static void AddExtent(ulong record, MemoryCommand command, ulong count)
    {
        Reservation(ref *(MemoryReservation*)record, count, count == 1 ? 9 : (uint)Chance.Below(2));
        Batch.Add(Hypercall.MemoryOp, (ulong)command, record);
    }

    /// <summary>An extent that a former call has given, for 512 single frames.</summary>
    private static void AddExchange(ulong record)
    {
        MemoryExchange* exchange = (MemoryExchange*)record;
        bool together = Chance.Below(2) == 0;
        Reservation(ref exchange->In, together ? 512ul : 1, together ? 0u : 9);
        Reservation(ref exchange->Out, together ? 1ul : 512, together ? 9u : 0);
        exchange->ExchangedCount = 0;
        Batch.Add(Hypercall.MemoryOp, (ulong)MemoryCommand.Exchange, record);
    }

    private static void AddClears(ulong record, MmuExtendedCommand command)
    {
        for (int place = 0; place < 8; place++)
            Put(record, place, command, Frames.Of(list), Frames.Of(data));
        Batch.Add(Hypercall.MmuExtendedOp, record, 8, 0, DomainIds.Self);
    }

    private static void AddFlushes(ulong record)
    {
        for (int place = 0; place < 8; place++)
            Put(record, place, (MmuExtendedCommand)Chance.Of([6, 7, 8, 9, 10, 11, 12, 13, 18]), list, places);
        Batch.Add(Hypercall.MmuExtendedOp, record, 8, 0, DomainIds.Self);
    }
}
