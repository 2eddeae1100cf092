using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>A level-1 entry changed by an instruction of the guest's own, which faults and is done for it.</summary>
internal static unsafe class EntryWriteRows
{
    private const int Loops = 8;

    private static ulong slot, there, back;

    internal static void Run()
    {
        slot = Tables.VirtualEntryFor(Tables.RoomPage(0));
        there = MappingRows.Entry(0, Tables.Writable, true);
        back = MappingRows.Entry(0, Tables.Writable, false);
        Hypercalls.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables);
        Store();
        Exchange();
        Protect();
        Age();
        Replace();
    }

    private static void Store()
    {
        Assembly.MarkStart(13);
        for (int i = 0; i < 1 << (Loops - 1); i++)
        {
            Assembly.StoreEntry(slot, there);
            Assembly.StoreEntry(slot, back);
        }
        Finish(back);
    }

    private static void Exchange()
    {
        Assembly.MarkStart(31);
        for (int i = 0; i < 1 << (Loops - 1); i++)
        {
            Assembly.ExchangeEntry(slot, there);
            Assembly.ExchangeEntry(slot, back);
        }
        Finish(back);
    }

    private static void Protect()
    {
        Assembly.MarkStart(32);
        for (int i = 0; i < 1 << (Loops - 1); i++)
        {
            Assembly.ProtectEntry(slot);
            Assembly.PermitEntry(slot);
        }
        Finish(back);
    }

    private static void Age()
    {
        Assembly.MarkStart(33);
        for (int i = 0; i < 1 << Loops; i++)
            Assembly.AgeEntry(slot);
        Finish(back);
    }

    private static void Replace()
    {
        Assembly.StoreEntry(slot, back);
        Assembly.MarkStart(34);
        for (int i = 0; i < 1 << (Loops - 1); i++)
        {
            Assembly.ReplaceEntry(slot, there, back);
            Assembly.ReplaceEntry(slot, back, there);
        }
        Finish(back);
    }

    private static void Finish(ulong entry)
    {
        Assembly.MarkStop(Loops);
        Verdict.Expect((*(ulong*)slot & ~0xffful) == (entry & ~0xffful), "a write to a table"u8);
    }
}
