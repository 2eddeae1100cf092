using System;

using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Slots 256 to 271 of every root are the hypervisor's. A guest that writes one, or that builds a root with its own entries there and has it
/// accepted, runs the hypervisor on page tables of its choice.
/// Updates of these slots must be refused in any root; what a fresh root holds there must be ignored and replaced, and never be counted.
/// </summary>
internal static class HypervisorSlots
{
    internal static void Run()
    {
        ulong root = Guest.StartInfo.PageTableBase;
        for (int slot = 256; slot < 272; slot++)
        {
            ulong present = Frames.Words(root)[slot];
            Verdict.Expect(Mmu.Update(Frames.Of(root), slot, 0) < 0, "a slot of the hypervisor was cleared"u8);
            Verdict.Expect(Mmu.Update(Frames.Of(root), slot, present) < 0, "a slot of the hypervisor was written"u8);
            Verdict.Expect(Frames.Words(root)[slot] == present, "a slot of the hypervisor has changed"u8);
        }

        TryFreshRoot();
    }

    private static void TryFreshRoot()
    {
        ulong evil = Frames.TakeProtected(), page = Frames.Take();
        for (int slot = 256; slot < 272; slot++)
            Frames.Words(page)[slot] = Entries.Make(Frames.Of(evil), Entries.Table);
        Frames.Protect(page);
        Verdict.ExpectDone(Mmu.Pin(Frames.Of(page), 4), "a root with entries in the hypervisor's slots"u8);
        ReadOnlySpan<ulong> live = Frames.Words(Guest.StartInfo.PageTableBase);
        for (int slot = 256; slot < 272; slot++)
            Verdict.Expect(Frames.Words(page)[slot] == live[slot], "a root keeps its own entry in a slot of the hypervisor"u8);
        Verdict.ExpectDone(Frames.Unprotect(evil), "the frame that was named there, writable"u8);
        Verdict.ExpectDone(Mmu.Unpin(Frames.Of(page)), "the unpin"u8);
    }
}
