using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Holds;

/// <summary>
/// Frames that the guest has given up and that an entry of a table still holds: each is freed when its entry goes, which costs several times what
/// another entry does. Whole tables of such entries are cleared in one batch, request by request, replaced by others, or unpinned.
/// </summary>
internal static unsafe class LastReferences
{
    private const int Tables = 8, PerTable = 512, Rounds = 3;

    private static readonly ulong[] tables = new ulong[Tables];
    private static readonly ulong[] requests = new ulong[Tables];
    private static ulong list, other;

    internal static void Run()
    {
        list = Frames.Take();
        other = Frames.Of(Frames.Take());
        for (int index = 0; index < Tables; index++)
        {
            tables[index] = Frames.Take();
            // Pages of the pool lie one after another.
            requests[index] = Frames.Take();
            Frames.Take();
        }

        for (int round = 0; round < Rounds; round++)
        {
            for (int index = 0; index < Tables; index++)
                Fill(tables[index], requests[index], round == 0 ? 0 : Entries.Make(other, round == 1 ? Entries.ReadOnly : Entries.ReadWrite));
            for (int index = 0; index < Tables; index++)
                Batch.Add(Hypercall.MmuUpdate, requests[index], PerTable, 0, DomainIds.Self);
            Verdict.ExpectDone(Batch.Perform(), "updates"u8);
            for (int index = 0; index < Tables; index++)
            {
                Verdict.ExpectDone(Mmu.Unpin(Frames.Of(tables[index])), "unpin"u8);
                Verdict.ExpectDone(Frames.Unprotect(tables[index]), "writable again"u8);
            }
        }

        Unpin();
    }

    /// <summary>A table whose entries alone hold their frames, and requests that put another entry into the place of each.</summary>
    private static void Fill(ulong table, ulong updates, ulong entry)
    {
        Frames.Words(list)[0] = 0;
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.IncreaseReservation, list, 1, 9), 1, "2 MiB more"u8);
        ulong first = Frames.Words(list)[0];
        for (ulong index = 0; index < PerTable; index++)
        {
            Frames.Words(table)[(int)index] = Entries.Make(first + index, Entries.ReadOnly);
            ulong* request = (ulong*)(updates + (index * 16));
            (request[0], request[1]) = ((Frames.Of(table) << 12) + (index * 8), entry);
        }

        Verdict.ExpectDone(Frames.Protect(table), "read-only"u8);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(table), 1), "pin"u8);
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.DecreaseReservation, list, 1, 9), 1, "2 MiB less"u8);
    }

    private static void Unpin()
    {
        MmuExtendedOperation* operations = (MmuExtendedOperation*)requests[0];
        for (int index = 0; index < Tables; index++)
            Fill(tables[index], requests[1], 0);
        for (int index = 0; index < Tables; index++)
        {
            operations[index] = default;
            (operations[index].Command, operations[index].Argument1) = (MmuExtendedCommand.UnpinTable, Frames.Of(tables[index]));
        }

        Batch.Add(Hypercall.MmuExtendedOp, requests[0], Tables, 0, DomainIds.Self);
        Verdict.ExpectDone(Batch.Perform(), "unpinning all"u8);
    }
}
