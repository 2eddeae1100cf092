using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The processor remembers translations. A guest touches a page, has its mapping made read-only without asking for a flush, and turns the frame
/// into a table: if the hypervisor leaves the old translation alone, the next store goes into a live table, unchecked.
/// The store after the pin must fault: whoever changes a frame's type flushes first.
/// </summary>
internal static unsafe class StaleTranslation
{
    internal static void Run()
    {
        for (int level = 1; level <= 4; level++)
        {
            ulong page = Frames.Take();
            // The processor has it as writable from here on, where nothing makes it forget: tables that are split do (docs/book/traps.md).
            Words(page)[0] = 0;
            ulong entry = Entries.Make(Frames.Of(page), Entries.ReadOnly);
            Verdict.ExpectDone(Hypercalls.Call(Hypercall.UpdateVaMapping, page, entry, (ulong)UpdateVaFlags.None), "read-only without a flush"u8);
            bool pinned = Mmu.Pin(Frames.Of(page), level) == 0;
            Verdict.Expect(pinned, "the pin"u8);
            // A store of an absent entry into level 1 is emulated where the guest has asked for that; this one never.
            Verdict.ExpectTrap(Probe.Code([0x0f, 0x11, 0x07, 0xc3], page), 14, "a store through a stale translation"u8);
            if (pinned)
                Verdict.ExpectDone(Mmu.Unpin(Frames.Of(page)), "the unpin"u8);
        }
    }

    private static ulong* Words(ulong page) => (ulong*)page;
}
