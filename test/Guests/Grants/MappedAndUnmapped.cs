using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Grants;

/// <summary>
/// A grant for reading must not become one for writing, and a mapping that has been taken away must be gone from the processor's memory too.
/// A page granted to oneself: mapped for reading by an address and for writing by the machine address of an entry, marked meanwhile, unmapped.
/// </summary>
internal static class MappedAndUnmapped
{
    private const GrantFlags Read = GrantFlags.PermitAccess | GrantFlags.Reading, Write = Read | GrantFlags.Writing;
    private const long PageFault = 14;

    internal static void Run()
    {
        ushort self = GrantRecords.OwnDomain();
        ulong page = Frames.Take(), first = Frames.Take(), second = Frames.Take();
        uint reference = GuestKit.Grants.Offer(self, page);
        Frames.Words(page)[5] = 1234;
        // To forget what was mapped where a grant goes is the guest's affair.
        Mmu.Map(first, 0);
        Mmu.Map(second, 0);
        GrantMap reader = default;
        reader.HostAddress = first;
        reader.Flags = GrantMapFlags.HostMap | GrantMapFlags.ReadOnly;
        reader.Reference = reference;
        reader.Domain = self;
        GrantMap writer = reader;
        writer.HostAddress = Entries.MachineAddress(second, 1);
        writer.Flags = GrantMapFlags.HostMap | GrantMapFlags.ContainsPte;
        Verdict.ExpectDone((long)GrantRecords.Map(ref reader), "mapping for reading"u8);
        Verdict.Expect(GrantRecords.Entry(reference).Flags == Read, "it is not marked as read"u8);
        Verdict.Expect(Probe.Load(first + 40, out ulong word) && word == 1234, "the page is not seen"u8);
        Verdict.ExpectTrap(Probe.Store(first, 1), PageFault, "a store through a mapping for reading"u8);
        Verdict.ExpectDone((long)GrantRecords.Map(ref writer), "mapping for writing"u8);
        Verdict.Expect(GrantRecords.Entry(reference).Flags == Write, "it is not marked as written"u8);
        Verdict.Expect(Probe.Store(second, 77) && Frames.Words(page)[0] == 77, "the store does not arrive"u8);
        Verdict.ExpectDone((long)GrantRecords.Unmap(writer.Handle, writer.HostAddress), "unmapping the one for writing"u8);
        Verdict.ExpectTrap(Probe.Store(second, 1), PageFault, "a store through what was unmapped"u8);
        Verdict.Expect(GrantRecords.Entry(reference).Flags == Read, "it is still marked as written"u8);
        Verdict.ExpectDone((long)GrantRecords.Unmap(reader.Handle, first), "unmapping the one for reading"u8);
        Verdict.ExpectTrap(Probe.Load(first, out _), PageFault, "a load through what was unmapped"u8);
        Verdict.Expect(GrantRecords.Entry(reference).Flags == GrantFlags.PermitAccess, "it is still marked"u8);
        Verdict.ExpectResult((long)GrantRecords.Unmap(reader.Handle, first), (long)GrantStatus.BadHandle, "unmapping it twice"u8);
    }
}
