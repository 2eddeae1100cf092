using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The machine-to-physical table is the one thing of the hypervisor's that every guest may read. Written, it would lie to the others about their
/// own memory.
/// It must be readable over all of memory and writable nowhere; a domain may set the entries of its own frames only, and through the call.
/// </summary>
internal static class MachineToPhysical
{
    internal static void Run()
    {
        MachphysMapping mapping = default;
        Verdict.ExpectDone(
            Hypercalls.Call(Hypercall.MemoryOp, (ulong)MemoryCommand.MachphysMapping, Hypercalls.AddressOf(in mapping)), "machphys_mapping"u8);
        Verdict.Expect(mapping.VirtualStart == AddressSpace.MachineToPhysicalStart, "the table is elsewhere"u8);
        for (ulong frame = 0; frame <= mapping.MaxMfn; frame += 509)
            Verdict.Expect(Probe.Load(mapping.VirtualStart + (frame * 8), out _), "an entry cannot be read"u8);
        Verdict.Expect(Probe.Load(mapping.VirtualStart + (mapping.MaxMfn * 8), out _), "the last entry cannot be read"u8);

        for (ulong frame = mapping.MaxMfn + 1; frame < 1ul << 20; frame += 509)
        {
            Verdict.Expect(Probe.Load(mapping.VirtualStart + (frame * 8), out ulong none), "an entry behind RAM cannot be read"u8);
            Verdict.Expect(none == ulong.MaxValue, "an entry behind RAM is valid"u8);
            Verdict.ExpectTrap(Probe.Store(mapping.VirtualStart + (frame * 8), 0), 14, "a store behind RAM"u8);
        }
        ulong own = Frames.Of(Frames.Take());
        ulong place = mapping.VirtualStart + (own * 8);
        Probe.Load(place, out ulong number);
        Verdict.Expect(Frames.OfPseudoPhysical(number) == own, "the table has another number for a frame"u8);
        Verdict.ExpectTrap(Probe.Store(place, number), 14, "a store into the table"u8);
        Verdict.ExpectDone(Mmu.Update((own << 12) | 1, 0x1234), "another number for an own frame"u8);
        Probe.Load(place, out ulong changed);
        Verdict.Expect(changed == 0x1234, "the number was not set"u8);
        Verdict.ExpectDone(Mmu.Update((own << 12) | 1, number), "the old number"u8);
        Verdict.Expect(Mmu.Update((0x200ul << 12) | 1, 0) < 0, "a number for a frame of the hypervisor"u8);
    }
}
