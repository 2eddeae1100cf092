using Serai.GuestKit;

namespace Serai.Guests.Memory;

/// <summary>
/// The hypervisor is mapped in every address space, so that entering it costs no flush. Its pages carry no user bit, and that is all that
/// keeps ring 3 out.
/// Loads, stores and jumps to every part of its range must give the guest a page fault with the very address, at each of its slots.
/// </summary>
internal static class HypervisorMemory
{
    internal static void Run()
    {
        for (ulong slot = 256; slot < 272; slot++)
        {
            ulong start = 0xffff_0000_0000_0000 | (slot << 39);
            for (ulong offset = 0; offset < 1ul << 39; offset += 0x7_fff7_f000)
                Try(start + offset, slot == 256);
        }

        Try(0xffff_87ff_ffff_f000, false);
        Verdict.ExpectTrap(Probe.Try(ProbeCode.Jump, 0xffff_8300_0000_0000), 14, "a jump into the hypervisor"u8);
        Verdict.Expect(Traps.Last.Rip == 0xffff_8300_0000_0000, "the fault of the jump was somewhere else"u8);
    }

    private static void Try(ulong address, bool readable)
    {
        if (!readable)
        {
            Verdict.ExpectTrap(Probe.Load(address, out _), 14, "a load from the hypervisor"u8);
            Verdict.Expect(Traps.LastAddress == address, "the fault of a load named another address"u8);
        }

        Verdict.ExpectTrap(Probe.Store(address, 0), 14, "a store into the hypervisor"u8);
        Verdict.Expect(Traps.LastAddress == address, "the fault of a store named another address"u8);
        Verdict.Expect((Traps.Last.ErrorCode & 4) == 0, "the fault of the kernel looks like a user's"u8);
    }
}
