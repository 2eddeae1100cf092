using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Deaths;

/// <summary>
/// Frames that the guest has given back but maps from pinned tables go away in the middle of the teardown, when the pins do: the walk over the
/// domain's frames stands on one of them then, and its neighbour in the list is a neighbour no more.
/// The teardown must neither end early nor go on in somebody else's frames.
/// </summary>
internal static class FramesHeldByTables
{
    private const int Tables = 32;

    internal static void Run()
    {
        ulong list = Frames.Take();
        for (int turn = 0; turn < Tables; turn++)
        {
            // Whichever way the list of the domain's frames runs, one of the two is the table's next.
            ulong before = Frames.Take(), table = Frames.Take(), behind = Frames.Take();
            Hand(before, table, list, 0);
            Hand(behind, table, list, 1);
            Verdict.ExpectDone(Frames.Protect(table), "making a table read-only"u8);
            Verdict.ExpectDone(Mmu.Pin(Frames.Of(table), 1), "pinning it"u8);
            Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.DecreaseReservation, list, 2), 2, "giving back frames that a table holds"u8);
        }

        Probe.Iret(0x5000);
        Verdict.Expect(false, "it lives"u8);
    }

    // From its mapping here to an entry of the table.
    private static void Hand(ulong address, ulong table, ulong list, int index)
    {
        Frames.Words(list)[index] = Frames.Of(address);
        Frames.Words(table)[index] = Entries.Make(Frames.Of(address), Entries.ReadOnly);
        Verdict.ExpectDone(Mmu.Map(address, 0), "taking a mapping away"u8);
    }
}
