using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The processor reads a frame as the table of whatever level it reaches it at. A L2 table reached where an L1 table is expected
/// turns its entries into mappings: of L1 tables, writable.
/// An entry must name a table of exactly the next lower level: neither one higher, nor two lower, nor a typed page of descriptors.
/// </summary>
internal static class LevelSkipped
{
    internal static void Run()
    {
        ulong level1 = PinnedTable(1), level2 = PinnedTable(2), level3 = PinnedTable(3);
        ulong top = PinnedTable(4), upper = PinnedTable(3), middle = PinnedTable(2);
        Refuse(middle, level2);
        Refuse(middle, level3);
        Refuse(upper, level1);
        Refuse(upper, level3);
        Refuse(top, level1);
        Refuse(top, level2);
        Verdict.ExpectDone(Mmu.Update(middle, 0, Entries.Make(level1, Entries.Table)), "level 1 in level 2"u8);
        Verdict.ExpectDone(Mmu.Update(upper, 0, Entries.Make(level2, Entries.Table)), "level 2 in level 3"u8);
        Verdict.ExpectDone(Mmu.Update(top, 0, Entries.Make(level3, Entries.Table)), "level 3 in level 4"u8);
        Verdict.ExpectDone(Mmu.Update(top, 0, 0), "out of level 4"u8);
        Verdict.ExpectDone(Mmu.Update(upper, 0, 0), "out of level 3"u8);
        Verdict.ExpectDone(Mmu.Update(middle, 0, 0), "out of level 2"u8);
    }

    private static ulong PinnedTable(int level)
    {
        ulong frame = Frames.Of(Frames.TakeProtected());
        Verdict.ExpectDone(Mmu.Pin(frame, level), "a pin"u8);
        return frame;
    }

    private static void Refuse(ulong table, ulong child) =>
        Verdict.ExpectError(Mmu.Update(table, 0, Entries.Make(child, Entries.Table)), Errno.Inval, "a table of the wrong level"u8);
}
