using System.Runtime.CompilerServices;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.BenchGuest;

/// <summary>
/// Changes of page tables. The pages 0 to 127 of the room have their mappings changed, each from its own frame to that of the page 128 above and
/// back; page 255 becomes a table.
/// </summary>
internal static unsafe class MappingRows
{
    private const int Loops = 8;
    private const ulong Window = 128, TablePage = 255;

    private static Requests there, back;

    internal static void Run()
    {
        UpdateVaMapping(7, 0);
        UpdateVaMapping(8, (ulong)UpdateVaFlags.InvalidatePage);
        MmuUpdateOne();
        MmuUpdateBatch(10, Tables.Writable, other: true);
        MmuUpdateBatch(11, Tables.ReadOnly, other: false);
        MmuUpdateBatch(12, 0, other: false);
        EntryWriteRows.Run();
        PinTable();
        Repeat(20, MmuExtendedCommand.NewBasePointer, Tables.RootFrame);
        Repeat(21, MmuExtendedCommand.NewUserBasePointer, Tables.RootFrame);
        Repeat(22, MmuExtendedCommand.TlbFlushLocal, 0);
        Repeat(23, MmuExtendedCommand.InvalidatePageLocal, Tables.RoomPage(0));
    }

    internal static ulong Entry(ulong page, ulong flags, bool other)
        => (Tables.FrameOf(Tables.RoomPage(other ? page + Window : page)) * 4096) | flags;

    private static void UpdateVaMapping(int row, ulong flush)
    {
        ulong address = Tables.RoomPage(0), there = Entry(0, Tables.Writable, true), back = Entry(0, Tables.Writable, false);
        Assembly.MarkStart(row);
        long result = 0;
        for (int i = 0; i < 1 << (Loops - 1); i++)
        {
            result |= Hypercalls.Call(Hypercall.UpdateVaMapping, address, there, flush);
            result |= Hypercalls.Call(Hypercall.UpdateVaMapping, address, back, flush);
        }
        Assembly.MarkStop(Loops);
        Verdict.ExpectResult(result, 0, "update_va_mapping"u8);
    }

    private static void MmuUpdateOne()
    {
        MmuUpdateRequest there, back;
        there.Pointer = back.Pointer = Tables.EntryFor(Tables.RoomPage(0));
        there.Value = Entry(0, Tables.Writable, true);
        back.Value = Entry(0, Tables.Writable, false);
        Assembly.MarkStart(9);
        long result = 0;
        for (int i = 0; i < 1 << (Loops - 1); i++)
        {
            result |= Hypercalls.Call(Hypercall.MmuUpdate, (ulong)&there, 1, 0, DomainIds.Self);
            result |= Hypercalls.Call(Hypercall.MmuUpdate, (ulong)&back, 1, 0, DomainIds.Self);
        }
        Assembly.MarkStop(Loops);
        Verdict.ExpectResult(result, 0, "mmu_update of one entry"u8);
    }

    /// <summary>128 entries in one call to another frame, to other rights or to nothing; what puts them back is counted as well.</summary>
    private static void MmuUpdateBatch(int row, ulong flags, bool other)
    {
        for (ulong page = 0; page < Window; page++)
        {
            there[(int)page].Pointer = back[(int)page].Pointer = Tables.EntryFor(Tables.RoomPage(page));
            there[(int)page].Value = flags == 0 ? 0 : Entry(page, flags, other);
            back[(int)page].Value = Entry(page, Tables.Writable, false);
        }
        for (int round = 0; round < 4; round++)
        {
            Assembly.MarkStart(row);
            long result = Hypercalls.Call(Hypercall.MmuUpdate, Hypercalls.AddressOf(in there), Window, 0, DomainIds.Self);
            result |= Hypercalls.Call(Hypercall.MmuUpdate, Hypercalls.AddressOf(in back), Window, 0, DomainIds.Self);
            Assembly.MarkStop(8);
            Verdict.ExpectResult(result, 0, "mmu_update of 128 entries"u8);
        }
        Tables.Extended(MmuExtendedCommand.TlbFlushLocal);
    }

    /// <summary>A level-1 table of 512 read-only mappings: pinned and unpinned again.</summary>
    private static void PinTable()
    {
        ulong table = Tables.RoomPage(TablePage), frame = Tables.FrameOf(table);
        for (ulong index = 0; index < 512; index++)
            Tables.Entries(table)[index] = (Tables.FrameOf(Tables.RoomPage(index % Window)) * 4096) | Tables.ReadOnly;
        Verdict.ExpectResult(Tables.Map(table, (frame * 4096) | Tables.ReadOnly), 0, "a read-only mapping"u8);
        for (int round = 0; round < 4; round++)
        {
            Assembly.MarkStart(24);
            long result = Tables.Extended(MmuExtendedCommand.PinL1Table, frame);
            result |= Tables.Extended(MmuExtendedCommand.UnpinTable, frame);
            Assembly.MarkStop(0);
            Verdict.ExpectResult(result, 0, "pin and unpin"u8);
        }
        Verdict.ExpectResult(Tables.Map(table, (frame * 4096) | Tables.Writable), 0, "a writable mapping"u8);
    }

    private static void Repeat(int row, MmuExtendedCommand command, ulong argument)
    {
        long result = 0;
        Assembly.MarkStart(row);
        for (int i = 0; i < 1 << Loops; i++)
            result |= Tables.Extended(command, argument);
        Assembly.MarkStop(Loops);
        Verdict.ExpectResult(result, 0, "mmuext_op"u8);
    }

    [InlineArray((int)Window)]
    private struct Requests
    {
        private MmuUpdateRequest element;
    }
}
