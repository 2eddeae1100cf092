using System;

using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// Most calls on memory take a domain's number, for the toolstack's sake. Unchecked, they edit a neighbour's tables.
/// Without privilege every other domain must be refused as if it were not there; with it, domains that do not exist must be; and the reserved
/// numbers are no domains.
/// </summary>
internal static class ForeignDomains
{
    internal static void Run()
    {
        foreach (ushort domain in (ReadOnlySpan<ushort>)[77, DomainIds.Xen, DomainIds.Invalid, DomainIds.Idle, 0xffff])
        {
            ulong page = Frames.Take();
            ulong place = Entries.MachineAddress(page, 1);
            MmuUpdateRequest request = default;
            request.Pointer = place;
            // Where the entry stays what it is the initial domain may name the hypervisor's frames; a frame of its own is none of those.
            request.Value = Entries.Make(Frames.Of(page), Entries.ReadOnly);
            ulong address = Hypercalls.AddressOf(in request);
            Verdict.Expect(Hypercalls.Call(Hypercall.MmuUpdate, address, 1, 0, domain) < 0, "mmu_update with another's frames"u8);
            Verdict.Expect(
                Hypercalls.Call(Hypercall.MmuUpdate, address, 1, 0, DomainIds.Self | ((domain + 1ul) << 16)) < 0 || domain == 0xffff,
                "mmu_update of another's tables"u8);
            Verdict.Expect(
                Mmu.Extended(MmuExtendedCommand.PinL1Table, Frames.Of(page), 0, domain) < 0, "mmuext_op for another"u8);
            Verdict.Expect(
                Hypercalls.Call(Hypercall.UpdateVaMappingOtherDomain, page, request.Value, 0, domain) < 0, "a mapping of another's frame"u8);
            ulong list = Frames.Of(page);
            ulong listAddress = Hypercalls.AddressOf(in list);
            Verdict.Expect(Mmu.Reserve(MemoryCommand.DecreaseReservation, listAddress, 1, 0, domain) < 0, "taking another's memory"u8);
            Verdict.Expect(Mmu.Reserve(MemoryCommand.PopulatePhysmap, listAddress, 1, 0, domain) < 0, "filling another's memory"u8);
            Verdict.Expect(Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.CurrentReservation, Hypercalls.AddressOf(in domain)) < 0,
                "asking for another's memory"u8);
            AcquireResource table = default;
            (table.Domain, table.Type, table.FrameCount, table.FrameList) = (domain, ResourceType.GrantTable, 1, page);
            Verdict.Expect(Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.AcquireResource, Hypercalls.AddressOf(in table)) < 0,
                "the frames of another's grant table"u8);
        }
    }
}
