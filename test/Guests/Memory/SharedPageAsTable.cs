using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The shared page is the guest's to map, but the hypervisor writes it whenever it likes: events, time. Were it a page table, every event would
/// be a present entry. Xen keeps it in a type of its own; what matters is that the hypervisor's use counts as writing.
/// The shared page must be refused as a table or as descriptors even when the guest maps it nowhere writable, and cannot be given away.
/// </summary>
internal static class SharedPageAsTable
{
    internal static void Run()
    {
        ulong frame = Guest.StartInfo.SharedInfo >> 12;
        ulong window = Hypercalls.AddressOf(in Guest.SharedInfo);
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(frame, Entries.ReadOnly)), "the shared page read-only"u8);
        for (int level = 1; level <= 4; level++)
            Verdict.ExpectError(Mmu.Pin(frame, level), Errno.Inval, "the shared page as a table"u8);
        Verdict.ExpectError(Hypercalls.Call(Hypercall.SetGdt, Hypercalls.AddressOf(in frame), 512), Errno.Inval, "the shared page as a GDT"u8);
        ulong list = frame;
        Verdict.ExpectResult(
            Mmu.Reserve(MemoryCommand.DecreaseReservation, Hypercalls.AddressOf(in list), 1), 0, "giving the shared page away"u8);
        Verdict.ExpectDone(Mmu.Map(window, Entries.Make(frame, Entries.ReadWrite)), "the shared page writable again"u8);
    }
}
