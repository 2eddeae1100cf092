using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The frame table has an end; an index that was not compared with it, or compared after narrowing to 32 bits, reads whatever lies behind.
/// Frames at and beyond the end of RAM, at 2^32 and at the top of 52 bits must be refused by every call that takes a frame.
/// </summary>
internal static class BeyondMemory
{
    internal static void Run()
    {
        MachphysMapping mapping = default;
        Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.MachphysMapping, Hypercalls.AddressOf(in mapping));
        ulong own = Frames.Of(Frames.Take());
        Try(mapping.MaxMfn + 0x10_0000);
        Try(0x1_0000_0000);
        Try(0x1_0000_0000 + own);
        Try(0xff_ffff_ffff);
        Verdict.Expect(Mmu.Pin(ulong.MaxValue, 1) < 0, "pin of the largest number"u8);
        Verdict.Expect(Mmu.Pin(own + (1ul << 52), 1) < 0, "pin of a number beyond 52 bits"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.ClearPage, own + (1ul << 52)) < 0, "clear_page beyond 52 bits"u8);
    }

    private static void Try(ulong frame)
    {
        for (int level = 1; level <= 4; level++)
            Verdict.Expect(Mmu.Pin(frame, level) < 0, "a pin beyond memory"u8);
        Verdict.Expect(Mmu.Update(frame << 12, 1) < 0, "mmu_update beyond memory"u8);
        Verdict.Expect(Mmu.Update((frame << 12) | 1, 1) < 0, "a machine-to-physical entry beyond memory"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.NewBasePointer, frame) < 0, "a root beyond memory"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.NewUserBasePointer, frame) < 0, "a user root beyond memory"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.ClearPage, frame) < 0, "clear_page beyond memory"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.CopyPage, frame, frame) < 0, "copy_page beyond memory"u8);
        Verdict.Expect(Hypercalls.Call(Hypercall.SetGdt, Hypercalls.AddressOf(in frame), 512) < 0, "a GDT beyond memory"u8);
        Verdict.Expect(Hypercalls.Call(Hypercall.UpdateDescriptor, frame << 12, 0) < 0, "a descriptor beyond memory"u8);
        ulong table = Frames.Take();
        Frames.Words(table)[1] = Entries.Make(frame, Entries.Table);
        Frames.Protect(table);
        for (int level = 2; level <= 4; level++)
            Verdict.Expect(Mmu.Pin(Frames.Of(table), level) < 0, "a table that names a table beyond memory"u8);
        ulong list = frame;
        Verdict.ExpectResult(
            Mmu.Reserve(MemoryCommand.DecreaseReservation, Hypercalls.AddressOf(in list), 1), 0, "giving away what lies beyond memory"u8);
    }
}
