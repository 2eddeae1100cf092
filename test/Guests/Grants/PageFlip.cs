using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Grants;

/// <summary>
/// A transferred frame changes its owner while its old owner's processor may remember where it was mapped. And whoever accepts must have said so:
/// else a guest could fill another with frames.
/// A page is flipped from this domain to itself; while it is mapped it stays, and once given it is no more to be seen through the old mapping.
/// </summary>
internal static class PageFlip
{
    private const GrantFlags Done = GrantFlags.AcceptTransfer | GrantFlags.TransferCommitted | GrantFlags.TransferCompleted;

    internal static void Run()
    {
        ushort self = GrantRecords.OwnDomain();
        ulong page = Frames.Take(), frame = Frames.Of(page);
        uint reference = GuestKit.Grants.Offer(self, page);
        ref GrantEntry entry = ref GrantRecords.Entry(reference);
        Probe.Load(AddressSpace.MachineToPhysicalStart + (frame * 8), out ulong number);
        entry.Flags = GrantFlags.AcceptTransfer;
        entry.Frame = (uint)number;
        Frames.Words(page)[3] = 4711;
        Verdict.ExpectResult((long)GrantRecords.Transfer(frame, self, reference), (long)GrantStatus.BadPage, "a page that is mapped"u8);
        Verdict.ExpectResult((long)GrantRecords.Transfer(0x200, self, reference), (long)GrantStatus.BadPage, "the hypervisor's own page"u8);
        ulong table = Entries.TableFrame(page, 1);
        Verdict.ExpectResult((long)GrantRecords.Transfer(table, self, reference), (long)GrantStatus.BadPage, "a table"u8);
        Verdict.Expect(entry.Flags == GrantFlags.AcceptTransfer, "a refused transfer has touched the entry"u8);
        Verdict.ExpectDone(Hypercalls.Call(Hypercall.UpdateVaMapping, page, 0, 0), "unmapping without a flush"u8);
        Verdict.ExpectDone((long)GrantRecords.Transfer(frame, self, reference), "the flip"u8);
        Verdict.ExpectTrap(Probe.Load(page, out _), 14, "the page is seen where it was"u8);
        Verdict.Expect(entry.Flags == Done && entry.Frame == frame, "the entry does not tell of it"u8);
        Verdict.Expect(Probe.Load(AddressSpace.MachineToPhysicalStart + (frame * 8), out ulong now) && now == number, "its number"u8);
        Verdict.ExpectDone(Mmu.Map(page, Entries.Make(frame, Entries.ReadWrite)), "mapping it again"u8);
        Verdict.Expect(Frames.Words(page)[3] == 4711, "what was in it"u8);
        ulong other = Frames.TakeUnmapped();
        Verdict.ExpectResult((long)GrantRecords.Transfer(other, self, reference), (long)GrantStatus.GeneralError, "to an entry that is done"u8);
        Verdict.ExpectResult((long)GrantRecords.Transfer(other, self, reference), (long)GrantStatus.BadPage, "what was lost by that"u8);
    }
}
