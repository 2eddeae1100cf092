using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Memory given back can be asked for again, up to what the domain may have: the limit is all that stands between one guest and all of memory.
/// A guest must get back exactly what it gave, cleared, and no more; the answer is a count, however wild the number asked for.
/// </summary>
internal static unsafe class Ballooning
{
    private const ulong Count = 40;

    internal static void Run()
    {
        ulong page = Frames.Take();
        Span<ulong> list = Frames.Words(page);
        for (int index = 0; index < (int)Count; index++)
            list[index] = Frames.TakeUnmapped();
        ulong before = Pages();
        Verdict.ExpectResult((long)Mmu.Reserve(MemoryCommand.DecreaseReservation, page, Count), (long)Count, "decrease_reservation"u8);
        Verdict.ExpectResult((long)(before - Pages()), (long)Count, "the difference of current_reservation"u8);
        for (int index = 0; index < (int)Count; index++)
            list[index] = 0x10_0000 + (ulong)index;
        Verdict.ExpectResult((long)Mmu.Reserve(MemoryCommand.PopulatePhysmap, page, Count), (long)Count, "populate_physmap"u8);
        ulong window = Frames.Take();
        for (int index = 0; index < (int)Count; index++)
        {
            Probe.Load(AddressSpace.MachineToPhysicalStart + (list[index] * 8), out ulong number);
            Verdict.ExpectResult((long)number, 0x10_0000 + index, "the machine-to-physical entry"u8);
            Verdict.ExpectDone(Mmu.Map(window, Entries.Make(list[index], Entries.ReadWrite)), "mapping a new frame"u8);
            Verdict.Expect(*(ulong*)window == 0 && *(ulong*)(window + 4088) == 0, "a new frame still holds another's words"u8);
        }

        Verdict.ExpectDone(Frames.Unprotect(window), "the window's own frame"u8);
        RefuseMore(page);
    }

    private static void RefuseMore(ulong page)
    {
        Frames.Words(page)[0] = 0x20_0000;
        ulong room = Maximum() - Pages();
        long got = room > 4096 ? 0 : Mmu.Reserve(MemoryCommand.IncreaseReservation, 0, room + 1);
        Verdict.Expect(got <= (long)room, "more frames than the domain may have"u8);
        Verdict.Expect(Mmu.Reserve(MemoryCommand.PopulatePhysmap, page, 1, 30) <= 0, "an extent of a terabyte"u8);
        Verdict.Expect(Mmu.Reserve(MemoryCommand.PopulatePhysmap, page, 1, uint.MaxValue) <= 0, "an extent of order 2^32 - 1"u8);
        Verdict.Expect(Mmu.Reserve(MemoryCommand.IncreaseReservation, 0, ulong.MaxValue) <= 0, "2^64 - 1 extents"u8);
        Verdict.Expect(Mmu.Reserve(MemoryCommand.DecreaseReservation, page, ulong.MaxValue, 9) <= 0, "giving 2^64 - 1 extents"u8);
        Verdict.Expect(Mmu.Reserve(MemoryCommand.DecreaseReservation, ulong.MaxValue - 8, 4) <= 0, "a list at the end of all addresses"u8);
        Verdict.Expect(Mmu.Reserve(MemoryCommand.DecreaseReservation, 0xffff_8300_0000_0000, 4) <= 0, "a list in the hypervisor"u8);
    }

    private static ulong Pages() => Ask(MemoryCommand.CurrentReservation);

    private static ulong Maximum() => Ask(MemoryCommand.MaximumReservation);

    private static ulong Ask(MemoryCommand command)
    {
        ushort self = DomainIds.Self;
        return (ulong)Hypercalls.Call(Hypercall.MemoryOp, (ulong)command, Hypercalls.AddressOf(in self));
    }
}
