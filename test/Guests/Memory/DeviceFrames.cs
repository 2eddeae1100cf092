using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Device memory has no owner in the frame table. A hypervisor that lets any domain map what is not RAM has given away its interrupt
/// controllers; one that lets device memory become a page table believes what a device answers.
/// An unprivileged domain must be refused all of it; the initial domain may map the screen, but not the interrupt controllers, and no domain
/// may use any of it as a table.
/// </summary>
internal static class DeviceFrames
{
    private const ulong Screen = 0xb8, LocalApic = 0xfee00, IoApic = 0xfec00;

    internal static void Run()
    {
        ulong window = Frames.Take();
        foreach (ulong frame in (ReadOnlySpan<ulong>)[LocalApic, IoApic])
        {
            Verdict.Expect(Mmu.Map(window, Entries.Make(frame, Entries.ReadWrite)) < 0, "an interrupt controller was mapped"u8);
            Verdict.Expect(Mmu.Map(window, Entries.Make(frame, Entries.ReadOnly)) < 0, "an interrupt controller was mapped read-only"u8);
            TryAsTable(frame);
        }

        long screen = Mmu.Map(window, Entries.Make(Screen, Entries.ReadWrite));
        if (Guest.IsInitial)
            Verdict.ExpectDone(screen, "the screen, by the initial domain"u8);
        else
            Verdict.Expect(screen < 0, "the screen was mapped by an unprivileged domain"u8);
        if (screen == 0)
            Verdict.Expect((Entries.Read(window, 1) & Entries.CacheDisable) != 0, "device memory was mapped with caching"u8);
        else
            Verdict.ExpectError(
                Mmu.Map(window, Entries.Make(Screen, Entries.ReadWrite) | Entries.CacheDisable), Errno.Inval, "the screen, uncached"u8);
        long named = Hypercalls.Call(Hypercall.UpdateVaMappingOtherDomain, window, Entries.Make(Screen + 1, Entries.ReadWrite), 2, DomainIds.Io);
        Verdict.Expect(named == 0 == Guest.IsInitial, "the screen's second page, named as that of no domain"u8);
        TryAsTable(Screen);
        Verdict.ExpectDone(Frames.Unprotect(window), "the window's own frame again"u8);
    }

    private static void TryAsTable(ulong frame)
    {
        for (int level = 1; level <= 4; level++)
            Verdict.ExpectError(Mmu.Pin(frame, level), Errno.Inval, "device memory as a table"u8);
        Verdict.Expect(Mmu.Extended(MmuExtendedCommand.ClearPage, frame) < 0, "device memory was cleared"u8);
        ulong list = frame;
        Verdict.ExpectResult(
            Mmu.Reserve(MemoryCommand.DecreaseReservation, Hypercalls.AddressOf(in list), 1), 0, "giving away device memory"u8);
    }
}
