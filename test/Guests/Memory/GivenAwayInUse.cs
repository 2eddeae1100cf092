using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// A frame that a guest gives back while it is still mapped, or still a table, belongs to the next domain a moment later, and to the old one
/// through its mapping. The reference of the mapping must keep it.
/// A mapped frame must stay readable and be given back once only; a frame that is a table must stay one until it is unpinned.
/// </summary>
internal static unsafe class GivenAwayInUse
{
    internal static void Run()
    {
        ulong page = Frames.Take();
        *(ulong*)page = 0x5e4a1;
        ulong list = Frames.Of(page);
        ulong address = Hypercalls.AddressOf(in list);
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.DecreaseReservation, address, 1), 1, "giving a mapped frame back"u8);
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.DecreaseReservation, address, 1), 0, "giving it back again"u8);
        Verdict.Expect(*(ulong*)page == 0x5e4a1, "the frame was taken from under its mapping"u8);
        Verdict.ExpectDone(Mmu.Map(page, 0), "unmapping it"u8);
        Verdict.Expect(Mmu.Map(page, Entries.Make(list, Entries.ReadWrite)) < 0, "it was mapped again"u8);

        ulong table = Frames.TakeProtected();
        ulong frame = Frames.Of(table);
        list = frame;
        Verdict.ExpectDone(Mmu.Pin(frame, 1), "the pin"u8);
        Verdict.ExpectResult(Mmu.Reserve(MemoryCommand.DecreaseReservation, address, 1), 1, "giving a table back"u8);
        Verdict.ExpectDone(Mmu.Map(table, 0), "unmapping it"u8);
        Verdict.ExpectDone(Mmu.Update(frame, 5, Entries.Make(Frames.Of(Frames.Take()), Entries.ReadWrite)), "an update while it is pinned"u8);
        Verdict.ExpectDone(Mmu.Unpin(frame), "the unpin"u8);
        Verdict.Expect(Mmu.Pin(frame, 1) < 0, "it was pinned again"u8);
        Verdict.Expect(Mmu.Update(frame, 5, 0) < 0, "it was written again"u8);
    }
}
