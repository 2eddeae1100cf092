using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// A guest may look at its own live tables, it may not write them; and no hypercall may do for it what a store cannot.
/// Reading the root must work; a store must fault; making the mapping writable must be refused; and the same for all tables of the builder.
/// (Emulation of stores into level 1 is off meanwhile.)
/// </summary>
internal static class ReadOnlyRoot
{
    internal static void Run()
    {
        Hypercalls.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Disable, (ulong)VmAssistType.WritablePageTables);
        ulong root = Guest.StartInfo.PageTableBase;
        for (ulong index = 0; index < Guest.StartInfo.PageTableFrames; index++)
        {
            ulong table = root + (index * Frames.PageBytes);
            Verdict.Expect(Probe.Load(table, out ulong entry), "a table could not be read"u8);
            Verdict.ExpectError(Mmu.Map(table, Entries.Make(Frames.Of(table), Entries.ReadWrite)), Errno.Inval, "a live table writable"u8);
            Verdict.ExpectTrap(Probe.Store(table, entry), 14, "a store into a live table"u8);
        }

        Verdict.ExpectError(Mmu.Extended(MmuExtendedCommand.ClearPage, Frames.Of(root)), Errno.Inval, "clear_page of the root"u8);
        Verdict.ExpectError(
            Mmu.Extended(MmuExtendedCommand.CopyPage, Frames.Of(root), Frames.Of(Frames.Take())), Errno.Inval, "copy_page onto the root"u8);
    }
}
